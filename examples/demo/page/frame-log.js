/** The last frames of this tab's connection, newest first, as pusher-js itself reports them. */
const MAX_ROWS = 80;
const MAX_TEXT = 240;

const element = (tag, className, text) => {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
};

const timeOfDay = (at) => {
  const two = (value) => String(value).padStart(2, '0');
  const ms = String(at.getMilliseconds()).padStart(3, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${ms}`;
};

/**
 * Fills `list` and calls `onFrame(way, frame)` for every frame, where `way` is 'sent' or 'received'.
 * `wanted(frame)` says whether a frame gets a row.
 */
export function watchFrames(Pusher, list, wanted, onFrame) {
  // pusher-js hands its log lines to Pusher.log; a frame's line is its kind and the frame, as JSON.
  Pusher.log = (line) => {
    const at = line.indexOf('[');
    if (at < 0) return;
    let logged;
    try {
      logged = JSON.parse(line.slice(at));
    } catch {
      return;
    }
    const [kind, frame] = logged;
    const way = kind === 'Event sent' ? 'sent' : kind === 'Event recd' ? 'received' : undefined;
    if (way === undefined) return;
    if (wanted(frame)) addRow(list, way, frame);
    onFrame(way, frame);
  };
}

function addRow(list, way, { event, channel, data }) {
  const row = document.createElement('li');
  row.className = way;
  const arrow = element('span', 'way', way === 'sent' ? '↑' : '↓');
  arrow.setAttribute('role', 'img');
  arrow.setAttribute('aria-label', way);
  const text = data === undefined ? '' : typeof data === 'string' ? data : JSON.stringify(data);
  const lane = event.startsWith('pusher') ? 'protocol' : (channel ?? 'back channel');
  row.append(
    element('time', '', timeOfDay(new Date())),
    arrow,
    element('b', '', event.replace('pusher_internal:', 'pusher:')),
    element('span', channel === undefined ? 'lane' : 'lane shared', lane),
    element('code', '', text.slice(0, MAX_TEXT)),
  );
  list.prepend(row);
  while (list.childElementCount > MAX_ROWS) list.lastElementChild.remove();
}
