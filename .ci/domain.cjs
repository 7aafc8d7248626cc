// Takes the place of async-hook-domain, with which tap finds the test that an uncaught error belongs to: its hooks on
// every promise, timer and socket cost a quarter of the CPU of the specs. Here the error belongs to the test that was
// begun last of those that have not ended, which differs only where tests of a process run side by side.
const { emit } = process;

const domains = [];

class Domain {
  constructor(onerror) {
    this.onerror = onerror;
    if (domains.push(this) === 1) listen();
  }

  destroy() {
    const at = domains.indexOf(this);
    if (at < 0) return;
    domains.splice(at, 1);
    if (domains.length === 0) leave();
  }
}

function listen() {
  process.on('uncaughtExceptionMonitor', thrown);
  process.emit = function (event, ...args) {
    if (event !== 'unhandledRejection' || process.listenerCount(event) > 0) {
      return emit.call(this, event, ...args);
    }
    return tell(args[0], event);
  };
}

function leave() {
  process.removeListener('uncaughtExceptionMonitor', thrown);
  process.emit = emit;
}

function thrown(error, event) {
  if (!tell(error, event)) return;
  // Node ends the process after an error that nobody takes.
  process.setUncaughtExceptionCaptureCallback(() =>
    process.setUncaughtExceptionCaptureCallback(null),
  );
}

/** True when a test was told. Handlers that a spec has set itself come first. */
function tell(error, event) {
  if (process.hasUncaughtExceptionCaptureCallback()) return false;
  if (process.listenerCount('uncaughtException') > 0) return false;
  const domain = domains.at(-1);
  domain?.onerror(error, event);
  return domain !== undefined;
}

exports.Domain = Domain;
