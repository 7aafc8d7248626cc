import fc from 'fast-check';
import t from 'tap';
import { parseReply, requestMessage } from '../../lib/pusher/requests';

t.test('a request carries its id, its event and its data as they are', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.string(), fc.json(), async (id, event, data) => {
      const message = JSON.parse(requestMessage(String(id), event, data)) as {
        event: string;
        data: string;
      };
      return (
        message.event === 'standpipe:request' &&
        message.data === `{"id":"${id}","event":${JSON.stringify(event)},"data":${data}}`
      );
    }),
  );
  t.end();
});

t.test('a reply is read with its data byte for byte', async (t) => {
  t.same(parseReply('{"id":"1","data": [ 1.0 ] }'), { id: '1', data: '[ 1.0 ]' });
  t.same(parseReply('{"data":1,"id":"1","data":2}'), { id: '1', data: '2' });
  t.same(parseReply('{"id":"1","error":null}'), { id: '1', data: 'null' });
  t.same(parseReply('{"id":"1","data":1,"error":"no"}'), { id: '1', error: 'no' });
});

t.test('data that is no reply is read as none', async (t) => {
  for (const text of ['', '{', '[]', 'null', '{}', '{"id":1}', '"{\\"id\\":\\"1\\"}"']) {
    t.equal(parseReply(text), undefined, text);
  }
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      parseReply(text);
    }),
  );
});
