/*eslint-disable*/
"use strict";

var $protobuf = require("protobufjs/minimal");

// Common aliases
var $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
var $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
var $root = $protobuf.roots["standpipe"] || ($protobuf.roots["standpipe"] = {});

$root.standpipe = (function() {

    /**
     * Namespace standpipe.
     * @exports standpipe
     * @namespace
     */
    var standpipe = {};

    standpipe.v1 = (function() {

        /**
         * Namespace v1.
         * @memberof standpipe
         * @namespace
         */
        var v1 = {};

        v1.Frame = (function() {

            /**
             * Properties of a Frame.
             * @typedef {Object} standpipe.v1.Frame.$Properties
             * @property {standpipe.v1.Hello.$Properties|null} [hello] Frame hello
             * @property {standpipe.v1.Welcome.$Properties|null} [welcome] Frame welcome
             * @property {standpipe.v1.Events.$Properties|null} [events] Frame events
             * @property {standpipe.v1.Ack.$Properties|null} [ack] Frame ack
             * @property {standpipe.v1.Commands.$Properties|null} [commands] Frame commands
             * @property {standpipe.v1.CommandAck.$Properties|null} [commandAck] Frame commandAck
             * @property {standpipe.v1.Subscribe.$Properties|null} [subscribe] Frame subscribe
             * @property {standpipe.v1.Subscribed.$Properties|null} [subscribed] Frame subscribed
             * @property {standpipe.v1.Gap.$Properties|null} [gap] Frame gap
             * @property {standpipe.v1.Snapshot.$Properties|null} [snapshot] Frame snapshot
             * @property {standpipe.v1.Assign.$Properties|null} [assign] Frame assign
             * @property {standpipe.v1.Revoke.$Properties|null} [revoke] Frame revoke
             * @property {standpipe.v1.Returned.$Properties|null} [returned] Frame returned
             * @property {standpipe.v1.Query.$Properties|null} [query] Frame query
             * @property {standpipe.v1.Reply.$Properties|null} [reply] Frame reply
             * @property {standpipe.v1.Ping.$Properties|null} [ping] Frame ping
             * @property {standpipe.v1.Pong.$Properties|null} [pong] Frame pong
             * @property {standpipe.v1.GoAway.$Properties|null} [goAway] Frame goAway
             * @property {standpipe.v1.Bye.$Properties|null} [bye] Frame bye
             * @property {standpipe.v1.Error.$Properties|null} [error] Frame error
             * @property {standpipe.v1.Ready.$Properties|null} [ready] Frame ready
             * @property {standpipe.v1.Lost.$Properties|null} [lost] Frame lost
             * @property {"hello"|"welcome"|"events"|"ack"|"commands"|"commandAck"|"subscribe"|"subscribed"|"gap"|"snapshot"|"assign"|"revoke"|"returned"|"query"|"reply"|"ping"|"pong"|"goAway"|"bye"|"error"|"ready"|"lost"} [body] Frame body
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Frame.
             * @memberof standpipe.v1
             * @interface IFrame
             * @augments standpipe.v1.Frame.$Properties
             * @deprecated Use standpipe.v1.Frame.$Properties instead.
             */

            /**
             * Narrowed shape of a Frame.
             * @typedef {{
             *   hello?: standpipe.v1.Hello.$Shape|null;
             *   welcome?: standpipe.v1.Welcome.$Shape|null;
             *   events?: standpipe.v1.Events.$Shape|null;
             *   ack?: standpipe.v1.Ack.$Shape|null;
             *   commands?: standpipe.v1.Commands.$Shape|null;
             *   commandAck?: standpipe.v1.CommandAck.$Shape|null;
             *   subscribe?: standpipe.v1.Subscribe.$Shape|null;
             *   subscribed?: standpipe.v1.Subscribed.$Shape|null;
             *   gap?: standpipe.v1.Gap.$Shape|null;
             *   snapshot?: standpipe.v1.Snapshot.$Shape|null;
             *   assign?: standpipe.v1.Assign.$Shape|null;
             *   revoke?: standpipe.v1.Revoke.$Shape|null;
             *   returned?: standpipe.v1.Returned.$Shape|null;
             *   query?: standpipe.v1.Query.$Shape|null;
             *   reply?: standpipe.v1.Reply.$Shape|null;
             *   ping?: standpipe.v1.Ping.$Shape|null;
             *   pong?: standpipe.v1.Pong.$Shape|null;
             *   goAway?: standpipe.v1.GoAway.$Shape|null;
             *   bye?: standpipe.v1.Bye.$Shape|null;
             *   error?: standpipe.v1.Error.$Shape|null;
             *   ready?: standpipe.v1.Ready.$Shape|null;
             *   lost?: standpipe.v1.Lost.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ body?: undefined; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "hello"; hello: standpipe.v1.Hello.$Shape; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "welcome"; hello?: null; welcome: standpipe.v1.Welcome.$Shape; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "events"; hello?: null; welcome?: null; events: standpipe.v1.Events.$Shape; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "ack"; hello?: null; welcome?: null; events?: null; ack: standpipe.v1.Ack.$Shape; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "commands"; hello?: null; welcome?: null; events?: null; ack?: null; commands: standpipe.v1.Commands.$Shape; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "commandAck"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck: standpipe.v1.CommandAck.$Shape; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "subscribe"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe: standpipe.v1.Subscribe.$Shape; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "subscribed"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed: standpipe.v1.Subscribed.$Shape; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "gap"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap: standpipe.v1.Gap.$Shape; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "snapshot"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot: standpipe.v1.Snapshot.$Shape; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "assign"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign: standpipe.v1.Assign.$Shape; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "revoke"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke: standpipe.v1.Revoke.$Shape; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "returned"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned: standpipe.v1.Returned.$Shape; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "query"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query: standpipe.v1.Query.$Shape; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "reply"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply: standpipe.v1.Reply.$Shape; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "ping"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping: standpipe.v1.Ping.$Shape; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "pong"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong: standpipe.v1.Pong.$Shape; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "goAway"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway: standpipe.v1.GoAway.$Shape; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "bye"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye: standpipe.v1.Bye.$Shape; error?: null; ready?: null; lost?: null }|{ body?: "error"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error: standpipe.v1.Error.$Shape; ready?: null; lost?: null }|{ body?: "ready"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready: standpipe.v1.Ready.$Shape; lost?: null }|{ body?: "lost"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost: standpipe.v1.Lost.$Shape })
             * )} standpipe.v1.Frame.$Shape
             */

            /**
             * Constructs a new Frame.
             * @memberof standpipe.v1
             * @classdesc Represents a Frame.
             * @constructor
             * @param {standpipe.v1.Frame.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Frame = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Frame hello.
             * @member {standpipe.v1.Hello.$Properties|null|undefined} hello
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.hello = null;

            /**
             * Frame welcome.
             * @member {standpipe.v1.Welcome.$Properties|null|undefined} welcome
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.welcome = null;

            /**
             * Frame events.
             * @member {standpipe.v1.Events.$Properties|null|undefined} events
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.events = null;

            /**
             * Frame ack.
             * @member {standpipe.v1.Ack.$Properties|null|undefined} ack
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.ack = null;

            /**
             * Frame commands.
             * @member {standpipe.v1.Commands.$Properties|null|undefined} commands
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.commands = null;

            /**
             * Frame commandAck.
             * @member {standpipe.v1.CommandAck.$Properties|null|undefined} commandAck
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.commandAck = null;

            /**
             * Frame subscribe.
             * @member {standpipe.v1.Subscribe.$Properties|null|undefined} subscribe
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.subscribe = null;

            /**
             * Frame subscribed.
             * @member {standpipe.v1.Subscribed.$Properties|null|undefined} subscribed
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.subscribed = null;

            /**
             * Frame gap.
             * @member {standpipe.v1.Gap.$Properties|null|undefined} gap
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.gap = null;

            /**
             * Frame snapshot.
             * @member {standpipe.v1.Snapshot.$Properties|null|undefined} snapshot
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.snapshot = null;

            /**
             * Frame assign.
             * @member {standpipe.v1.Assign.$Properties|null|undefined} assign
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.assign = null;

            /**
             * Frame revoke.
             * @member {standpipe.v1.Revoke.$Properties|null|undefined} revoke
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.revoke = null;

            /**
             * Frame returned.
             * @member {standpipe.v1.Returned.$Properties|null|undefined} returned
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.returned = null;

            /**
             * Frame query.
             * @member {standpipe.v1.Query.$Properties|null|undefined} query
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.query = null;

            /**
             * Frame reply.
             * @member {standpipe.v1.Reply.$Properties|null|undefined} reply
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.reply = null;

            /**
             * Frame ping.
             * @member {standpipe.v1.Ping.$Properties|null|undefined} ping
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.ping = null;

            /**
             * Frame pong.
             * @member {standpipe.v1.Pong.$Properties|null|undefined} pong
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.pong = null;

            /**
             * Frame goAway.
             * @member {standpipe.v1.GoAway.$Properties|null|undefined} goAway
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.goAway = null;

            /**
             * Frame bye.
             * @member {standpipe.v1.Bye.$Properties|null|undefined} bye
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.bye = null;

            /**
             * Frame error.
             * @member {standpipe.v1.Error.$Properties|null|undefined} error
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.error = null;

            /**
             * Frame ready.
             * @member {standpipe.v1.Ready.$Properties|null|undefined} ready
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.ready = null;

            /**
             * Frame lost.
             * @member {standpipe.v1.Lost.$Properties|null|undefined} lost
             * @memberof standpipe.v1.Frame
             * @instance
             */
            Frame.prototype.lost = null;

            // OneOf field names bound to virtual getters and setters
            var $oneOfFields;

            /**
             * Frame body.
             * @member {"hello"|"welcome"|"events"|"ack"|"commands"|"commandAck"|"subscribe"|"subscribed"|"gap"|"snapshot"|"assign"|"revoke"|"returned"|"query"|"reply"|"ping"|"pong"|"goAway"|"bye"|"error"|"ready"|"lost"|undefined} body
             * @memberof standpipe.v1.Frame
             * @instance
             */
            $Object.defineProperty(Frame.prototype, "body", {
                get: $util.oneOfGetter($oneOfFields = ["hello", "welcome", "events", "ack", "commands", "commandAck", "subscribe", "subscribed", "gap", "snapshot", "assign", "revoke", "returned", "query", "reply", "ping", "pong", "goAway", "bye", "error", "ready", "lost"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified Frame message. Does not implicitly {@link standpipe.v1.Frame.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Frame
             * @static
             * @param {standpipe.v1.Frame.$Properties} message Frame message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Frame.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.hello != null && $Object.hasOwnProperty.call(message, "hello"))
                    $root.standpipe.v1.Hello.encode(message.hello, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.welcome != null && $Object.hasOwnProperty.call(message, "welcome"))
                    $root.standpipe.v1.Welcome.encode(message.welcome, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.events != null && $Object.hasOwnProperty.call(message, "events"))
                    $root.standpipe.v1.Events.encode(message.events, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.ack != null && $Object.hasOwnProperty.call(message, "ack"))
                    $root.standpipe.v1.Ack.encode(message.ack, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.commands != null && $Object.hasOwnProperty.call(message, "commands"))
                    $root.standpipe.v1.Commands.encode(message.commands, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.commandAck != null && $Object.hasOwnProperty.call(message, "commandAck"))
                    $root.standpipe.v1.CommandAck.encode(message.commandAck, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.subscribe != null && $Object.hasOwnProperty.call(message, "subscribe"))
                    $root.standpipe.v1.Subscribe.encode(message.subscribe, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.subscribed != null && $Object.hasOwnProperty.call(message, "subscribed"))
                    $root.standpipe.v1.Subscribed.encode(message.subscribed, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                if (message.gap != null && $Object.hasOwnProperty.call(message, "gap"))
                    $root.standpipe.v1.Gap.encode(message.gap, writer.uint32(/* id 9, wireType 2 =*/74).fork(), _depth + 1).ldelim();
                if (message.snapshot != null && $Object.hasOwnProperty.call(message, "snapshot"))
                    $root.standpipe.v1.Snapshot.encode(message.snapshot, writer.uint32(/* id 10, wireType 2 =*/82).fork(), _depth + 1).ldelim();
                if (message.assign != null && $Object.hasOwnProperty.call(message, "assign"))
                    $root.standpipe.v1.Assign.encode(message.assign, writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
                if (message.revoke != null && $Object.hasOwnProperty.call(message, "revoke"))
                    $root.standpipe.v1.Revoke.encode(message.revoke, writer.uint32(/* id 12, wireType 2 =*/98).fork(), _depth + 1).ldelim();
                if (message.returned != null && $Object.hasOwnProperty.call(message, "returned"))
                    $root.standpipe.v1.Returned.encode(message.returned, writer.uint32(/* id 13, wireType 2 =*/106).fork(), _depth + 1).ldelim();
                if (message.query != null && $Object.hasOwnProperty.call(message, "query"))
                    $root.standpipe.v1.Query.encode(message.query, writer.uint32(/* id 14, wireType 2 =*/114).fork(), _depth + 1).ldelim();
                if (message.reply != null && $Object.hasOwnProperty.call(message, "reply"))
                    $root.standpipe.v1.Reply.encode(message.reply, writer.uint32(/* id 15, wireType 2 =*/122).fork(), _depth + 1).ldelim();
                if (message.ping != null && $Object.hasOwnProperty.call(message, "ping"))
                    $root.standpipe.v1.Ping.encode(message.ping, writer.uint32(/* id 16, wireType 2 =*/130).fork(), _depth + 1).ldelim();
                if (message.pong != null && $Object.hasOwnProperty.call(message, "pong"))
                    $root.standpipe.v1.Pong.encode(message.pong, writer.uint32(/* id 17, wireType 2 =*/138).fork(), _depth + 1).ldelim();
                if (message.goAway != null && $Object.hasOwnProperty.call(message, "goAway"))
                    $root.standpipe.v1.GoAway.encode(message.goAway, writer.uint32(/* id 18, wireType 2 =*/146).fork(), _depth + 1).ldelim();
                if (message.bye != null && $Object.hasOwnProperty.call(message, "bye"))
                    $root.standpipe.v1.Bye.encode(message.bye, writer.uint32(/* id 19, wireType 2 =*/154).fork(), _depth + 1).ldelim();
                if (message.error != null && $Object.hasOwnProperty.call(message, "error"))
                    $root.standpipe.v1.Error.encode(message.error, writer.uint32(/* id 20, wireType 2 =*/162).fork(), _depth + 1).ldelim();
                if (message.ready != null && $Object.hasOwnProperty.call(message, "ready"))
                    $root.standpipe.v1.Ready.encode(message.ready, writer.uint32(/* id 21, wireType 2 =*/170).fork(), _depth + 1).ldelim();
                if (message.lost != null && $Object.hasOwnProperty.call(message, "lost"))
                    $root.standpipe.v1.Lost.encode(message.lost, writer.uint32(/* id 22, wireType 2 =*/178).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Frame message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Frame
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Frame & standpipe.v1.Frame.$Shape} Frame
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Frame.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Frame();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.hello = $root.standpipe.v1.Hello.decode(reader, reader.size(), $undefined, _depth + 1, message.hello);
                            message.body = "hello";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.welcome = $root.standpipe.v1.Welcome.decode(reader, reader.size(), $undefined, _depth + 1, message.welcome);
                            message.body = "welcome";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.events = $root.standpipe.v1.Events.decode(reader, reader.size(), $undefined, _depth + 1, message.events);
                            message.body = "events";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.ack = $root.standpipe.v1.Ack.decode(reader, reader.size(), $undefined, _depth + 1, message.ack);
                            message.body = "ack";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.commands = $root.standpipe.v1.Commands.decode(reader, reader.size(), $undefined, _depth + 1, message.commands);
                            message.body = "commands";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.commandAck = $root.standpipe.v1.CommandAck.decode(reader, reader.size(), $undefined, _depth + 1, message.commandAck);
                            message.body = "commandAck";
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.subscribe = $root.standpipe.v1.Subscribe.decode(reader, reader.size(), $undefined, _depth + 1, message.subscribe);
                            message.body = "subscribe";
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.subscribed = $root.standpipe.v1.Subscribed.decode(reader, reader.size(), $undefined, _depth + 1, message.subscribed);
                            message.body = "subscribed";
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.gap = $root.standpipe.v1.Gap.decode(reader, reader.size(), $undefined, _depth + 1, message.gap);
                            message.body = "gap";
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            message.snapshot = $root.standpipe.v1.Snapshot.decode(reader, reader.size(), $undefined, _depth + 1, message.snapshot);
                            message.body = "snapshot";
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            message.assign = $root.standpipe.v1.Assign.decode(reader, reader.size(), $undefined, _depth + 1, message.assign);
                            message.body = "assign";
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            message.revoke = $root.standpipe.v1.Revoke.decode(reader, reader.size(), $undefined, _depth + 1, message.revoke);
                            message.body = "revoke";
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            message.returned = $root.standpipe.v1.Returned.decode(reader, reader.size(), $undefined, _depth + 1, message.returned);
                            message.body = "returned";
                            continue;
                        }
                    case 14: {
                            if (wireType !== 2)
                                break;
                            message.query = $root.standpipe.v1.Query.decode(reader, reader.size(), $undefined, _depth + 1, message.query);
                            message.body = "query";
                            continue;
                        }
                    case 15: {
                            if (wireType !== 2)
                                break;
                            message.reply = $root.standpipe.v1.Reply.decode(reader, reader.size(), $undefined, _depth + 1, message.reply);
                            message.body = "reply";
                            continue;
                        }
                    case 16: {
                            if (wireType !== 2)
                                break;
                            message.ping = $root.standpipe.v1.Ping.decode(reader, reader.size(), $undefined, _depth + 1, message.ping);
                            message.body = "ping";
                            continue;
                        }
                    case 17: {
                            if (wireType !== 2)
                                break;
                            message.pong = $root.standpipe.v1.Pong.decode(reader, reader.size(), $undefined, _depth + 1, message.pong);
                            message.body = "pong";
                            continue;
                        }
                    case 18: {
                            if (wireType !== 2)
                                break;
                            message.goAway = $root.standpipe.v1.GoAway.decode(reader, reader.size(), $undefined, _depth + 1, message.goAway);
                            message.body = "goAway";
                            continue;
                        }
                    case 19: {
                            if (wireType !== 2)
                                break;
                            message.bye = $root.standpipe.v1.Bye.decode(reader, reader.size(), $undefined, _depth + 1, message.bye);
                            message.body = "bye";
                            continue;
                        }
                    case 20: {
                            if (wireType !== 2)
                                break;
                            message.error = $root.standpipe.v1.Error.decode(reader, reader.size(), $undefined, _depth + 1, message.error);
                            message.body = "error";
                            continue;
                        }
                    case 21: {
                            if (wireType !== 2)
                                break;
                            message.ready = $root.standpipe.v1.Ready.decode(reader, reader.size(), $undefined, _depth + 1, message.ready);
                            message.body = "ready";
                            continue;
                        }
                    case 22: {
                            if (wireType !== 2)
                                break;
                            message.lost = $root.standpipe.v1.Lost.decode(reader, reader.size(), $undefined, _depth + 1, message.lost);
                            message.body = "lost";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Frame;
        })();

        v1.Hello = (function() {

            /**
             * Properties of a Hello.
             * @typedef {Object} standpipe.v1.Hello.$Properties
             * @property {number|null} [version] Hello version
             * @property {string|null} [library] Hello library
             * @property {standpipe.v1.Group.$Properties|null} [group] Hello group
             * @property {string|null} [name] Hello name
             * @property {Uint8Array|null} [session] Hello session
             * @property {Uint8Array|null} [proof] Hello proof
             * @property {number|null} [attempt] Hello attempt
             * @property {Array.<standpipe.v1.Position.$Properties>|null} [positions] Hello positions
             * @property {number|null} [nextSeq] Hello nextSeq
             * @property {standpipe.v1.Credit.$Properties|null} [credit] Hello credit
             * @property {Array.<standpipe.v1.Rule.$Properties>|null} [rules] Hello rules
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Hello.
             * @memberof standpipe.v1
             * @interface IHello
             * @augments standpipe.v1.Hello.$Properties
             * @deprecated Use standpipe.v1.Hello.$Properties instead.
             */

            /**
             * Shape of a Hello.
             * @typedef {standpipe.v1.Hello.$Properties} standpipe.v1.Hello.$Shape
             */

            /**
             * Constructs a new Hello.
             * @memberof standpipe.v1
             * @classdesc Represents a Hello.
             * @constructor
             * @param {standpipe.v1.Hello.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Hello = function (properties) {
                this.positions = [];
                this.rules = [];
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Hello version.
             * @member {number} version
             * @memberof standpipe.v1.Hello
             * @instance
             */
            Hello.prototype.version = 0;

            /**
             * Hello library.
             * @member {string} library
             * @memberof standpipe.v1.Hello
             * @instance
             */
            Hello.prototype.library = "";

            /**
             * Hello group.
             * @member {standpipe.v1.Group.$Properties|null|undefined} group
             * @memberof standpipe.v1.Hello
             * @instance
             */
            Hello.prototype.group = null;

            /**
             * Hello name.
             * @member {string} name
             * @memberof standpipe.v1.Hello
             * @instance
             */
            Hello.prototype.name = "";

            /**
             * Hello session.
             * @member {Uint8Array} session
             * @memberof standpipe.v1.Hello
             * @instance
             */
            Hello.prototype.session = $util.newBuffer([]);

            /**
             * Hello proof.
             * @member {Uint8Array} proof
             * @memberof standpipe.v1.Hello
             * @instance
             */
            Hello.prototype.proof = $util.newBuffer([]);

            /**
             * Hello attempt.
             * @member {number} attempt
             * @memberof standpipe.v1.Hello
             * @instance
             */
            Hello.prototype.attempt = 0;

            /**
             * Hello positions.
             * @member {Array.<standpipe.v1.Position.$Properties>} positions
             * @memberof standpipe.v1.Hello
             * @instance
             */
            Hello.prototype.positions = $util.emptyArray;

            /**
             * Hello nextSeq.
             * @member {number} nextSeq
             * @memberof standpipe.v1.Hello
             * @instance
             */
            Hello.prototype.nextSeq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Hello credit.
             * @member {standpipe.v1.Credit.$Properties|null|undefined} credit
             * @memberof standpipe.v1.Hello
             * @instance
             */
            Hello.prototype.credit = null;

            /**
             * Hello rules.
             * @member {Array.<standpipe.v1.Rule.$Properties>} rules
             * @memberof standpipe.v1.Hello
             * @instance
             */
            Hello.prototype.rules = $util.emptyArray;

            /**
             * Encodes the specified Hello message. Does not implicitly {@link standpipe.v1.Hello.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Hello
             * @static
             * @param {standpipe.v1.Hello.$Properties} message Hello message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Hello.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.version);
                if (message.library != null && $Object.hasOwnProperty.call(message, "library") && message.library !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.library);
                if (message.group != null && $Object.hasOwnProperty.call(message, "group"))
                    $root.standpipe.v1.Group.encode(message.group, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.name);
                if (message.session != null && $Object.hasOwnProperty.call(message, "session") && message.session.length)
                    writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.session);
                if (message.proof != null && $Object.hasOwnProperty.call(message, "proof") && message.proof.length)
                    writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.proof);
                if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && message.attempt !== 0)
                    writer.uint32(/* id 7, wireType 0 =*/56).uint32(message.attempt);
                if (message.positions != null && message.positions.length)
                    for (var i = 0; i < message.positions.length; ++i)
                        $root.standpipe.v1.Position.encode(message.positions[i], writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                if (message.nextSeq != null && $Object.hasOwnProperty.call(message, "nextSeq") && (typeof message.nextSeq === "object" ? message.nextSeq.low || message.nextSeq.high : message.nextSeq !== 0))
                    writer.uint32(/* id 9, wireType 0 =*/72).uint64(message.nextSeq);
                if (message.credit != null && $Object.hasOwnProperty.call(message, "credit"))
                    $root.standpipe.v1.Credit.encode(message.credit, writer.uint32(/* id 10, wireType 2 =*/82).fork(), _depth + 1).ldelim();
                if (message.rules != null && message.rules.length)
                    for (var i = 0; i < message.rules.length; ++i)
                        $root.standpipe.v1.Rule.encode(message.rules[i], writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Hello message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Hello
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Hello & standpipe.v1.Hello.$Shape} Hello
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Hello.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Hello();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.library = value;
                            else
                                delete message.library;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.group = $root.standpipe.v1.Group.decode(reader, reader.size(), $undefined, _depth + 1, message.group);
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.session = value;
                            else
                                delete message.session;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.proof = value;
                            else
                                delete message.proof;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.attempt = value;
                            else
                                delete message.attempt;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if (!(message.positions && message.positions.length))
                                message.positions = [];
                            message.positions.push($root.standpipe.v1.Position.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.nextSeq = value;
                            else
                                delete message.nextSeq;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            message.credit = $root.standpipe.v1.Credit.decode(reader, reader.size(), $undefined, _depth + 1, message.credit);
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            if (!(message.rules && message.rules.length))
                                message.rules = [];
                            message.rules.push($root.standpipe.v1.Rule.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Hello;
        })();

        v1.Group = (function() {

            /**
             * Properties of a Group.
             * @typedef {Object} standpipe.v1.Group.$Properties
             * @property {string|null} [name] Group name
             * @property {standpipe.v1.Order|null} [order] Group order
             * @property {standpipe.v1.Mode|null} [mode] Group mode
             * @property {standpipe.v1.Overflow|null} [overflow] Group overflow
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Group.
             * @memberof standpipe.v1
             * @interface IGroup
             * @augments standpipe.v1.Group.$Properties
             * @deprecated Use standpipe.v1.Group.$Properties instead.
             */

            /**
             * Shape of a Group.
             * @typedef {standpipe.v1.Group.$Properties} standpipe.v1.Group.$Shape
             */

            /**
             * Constructs a new Group.
             * @memberof standpipe.v1
             * @classdesc Represents a Group.
             * @constructor
             * @param {standpipe.v1.Group.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Group = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Group name.
             * @member {string} name
             * @memberof standpipe.v1.Group
             * @instance
             */
            Group.prototype.name = "";

            /**
             * Group order.
             * @member {standpipe.v1.Order} order
             * @memberof standpipe.v1.Group
             * @instance
             */
            Group.prototype.order = 0;

            /**
             * Group mode.
             * @member {standpipe.v1.Mode} mode
             * @memberof standpipe.v1.Group
             * @instance
             */
            Group.prototype.mode = 0;

            /**
             * Group overflow.
             * @member {standpipe.v1.Overflow} overflow
             * @memberof standpipe.v1.Group
             * @instance
             */
            Group.prototype.overflow = 0;

            /**
             * Encodes the specified Group message. Does not implicitly {@link standpipe.v1.Group.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Group
             * @static
             * @param {standpipe.v1.Group.$Properties} message Group message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Group.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.name);
                if (message.order != null && $Object.hasOwnProperty.call(message, "order") && message.order !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).int32(message.order);
                if (message.mode != null && $Object.hasOwnProperty.call(message, "mode") && message.mode !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).int32(message.mode);
                if (message.overflow != null && $Object.hasOwnProperty.call(message, "overflow") && message.overflow !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).int32(message.overflow);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Group message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Group
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Group & standpipe.v1.Group.$Shape} Group
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Group.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Group();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.order = value;
                            else
                                delete message.order;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.mode = value;
                            else
                                delete message.mode;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.overflow = value;
                            else
                                delete message.overflow;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Group;
        })();

        /**
         * Order enum.
         * @name standpipe.v1.Order
         * @enum {number}
         * @property {number} ORDER_UNSPECIFIED=0 ORDER_UNSPECIFIED value
         * @property {number} ORDER_SOCKET=1 ORDER_SOCKET value
         * @property {number} ORDER_CHANNEL=2 ORDER_CHANNEL value
         */
        v1.Order = (function() {
            var valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "ORDER_UNSPECIFIED"] = 0;
            values[valuesById[1] = "ORDER_SOCKET"] = 1;
            values[valuesById[2] = "ORDER_CHANNEL"] = 2;
            return values;
        })();

        /**
         * Mode enum.
         * @name standpipe.v1.Mode
         * @enum {number}
         * @property {number} MODE_UNSPECIFIED=0 MODE_UNSPECIFIED value
         * @property {number} MODE_STICKY=1 MODE_STICKY value
         * @property {number} MODE_SHARED=2 MODE_SHARED value
         * @property {number} MODE_BROADCAST=3 MODE_BROADCAST value
         */
        v1.Mode = (function() {
            var valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "MODE_UNSPECIFIED"] = 0;
            values[valuesById[1] = "MODE_STICKY"] = 1;
            values[valuesById[2] = "MODE_SHARED"] = 2;
            values[valuesById[3] = "MODE_BROADCAST"] = 3;
            return values;
        })();

        /**
         * Overflow enum.
         * @name standpipe.v1.Overflow
         * @enum {number}
         * @property {number} OVERFLOW_UNSPECIFIED=0 OVERFLOW_UNSPECIFIED value
         * @property {number} OVERFLOW_GAP=1 OVERFLOW_GAP value
         * @property {number} OVERFLOW_PAUSE=2 OVERFLOW_PAUSE value
         * @property {number} OVERFLOW_CLOSE=3 OVERFLOW_CLOSE value
         */
        v1.Overflow = (function() {
            var valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "OVERFLOW_UNSPECIFIED"] = 0;
            values[valuesById[1] = "OVERFLOW_GAP"] = 1;
            values[valuesById[2] = "OVERFLOW_PAUSE"] = 2;
            values[valuesById[3] = "OVERFLOW_CLOSE"] = 3;
            return values;
        })();

        v1.Rule = (function() {

            /**
             * Properties of a Rule.
             * @typedef {Object} standpipe.v1.Rule.$Properties
             * @property {standpipe.v1.RuleKind|null} [kind] Rule kind
             * @property {Array.<string>|null} [channels] Rule channels
             * @property {Array.<string>|null} [events] Rule events
             * @property {boolean|null} [conflate] Rule conflate
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Rule.
             * @memberof standpipe.v1
             * @interface IRule
             * @augments standpipe.v1.Rule.$Properties
             * @deprecated Use standpipe.v1.Rule.$Properties instead.
             */

            /**
             * Shape of a Rule.
             * @typedef {standpipe.v1.Rule.$Properties} standpipe.v1.Rule.$Shape
             */

            /**
             * Constructs a new Rule.
             * @memberof standpipe.v1
             * @classdesc Represents a Rule.
             * @constructor
             * @param {standpipe.v1.Rule.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Rule = function (properties) {
                this.channels = [];
                this.events = [];
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Rule kind.
             * @member {standpipe.v1.RuleKind} kind
             * @memberof standpipe.v1.Rule
             * @instance
             */
            Rule.prototype.kind = 0;

            /**
             * Rule channels.
             * @member {Array.<string>} channels
             * @memberof standpipe.v1.Rule
             * @instance
             */
            Rule.prototype.channels = $util.emptyArray;

            /**
             * Rule events.
             * @member {Array.<string>} events
             * @memberof standpipe.v1.Rule
             * @instance
             */
            Rule.prototype.events = $util.emptyArray;

            /**
             * Rule conflate.
             * @member {boolean} conflate
             * @memberof standpipe.v1.Rule
             * @instance
             */
            Rule.prototype.conflate = false;

            /**
             * Encodes the specified Rule message. Does not implicitly {@link standpipe.v1.Rule.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Rule
             * @static
             * @param {standpipe.v1.Rule.$Properties} message Rule message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Rule.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).int32(message.kind);
                if (message.channels != null && message.channels.length)
                    for (var i = 0; i < message.channels.length; ++i)
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.channels[i]);
                if (message.events != null && message.events.length)
                    for (var i = 0; i < message.events.length; ++i)
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.events[i]);
                if (message.conflate != null && $Object.hasOwnProperty.call(message, "conflate") && message.conflate !== false)
                    writer.uint32(/* id 4, wireType 0 =*/32).bool(message.conflate);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Rule message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Rule
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Rule & standpipe.v1.Rule.$Shape} Rule
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Rule.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Rule();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.channels && message.channels.length))
                                message.channels = [];
                            message.channels.push(reader.stringVerify());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.events && message.events.length))
                                message.events = [];
                            message.events.push(reader.stringVerify());
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.conflate = value;
                            else
                                delete message.conflate;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Rule;
        })();

        /**
         * RuleKind enum.
         * @name standpipe.v1.RuleKind
         * @enum {number}
         * @property {number} RULE_KIND_UNSPECIFIED=0 RULE_KIND_UNSPECIFIED value
         * @property {number} RULE_KIND_SOCKET=1 RULE_KIND_SOCKET value
         * @property {number} RULE_KIND_MESSAGE=2 RULE_KIND_MESSAGE value
         * @property {number} RULE_KIND_CHANNEL=3 RULE_KIND_CHANNEL value
         * @property {number} RULE_KIND_PRESENCE=4 RULE_KIND_PRESENCE value
         * @property {number} RULE_KIND_USER=5 RULE_KIND_USER value
         * @property {number} RULE_KIND_CACHE=6 RULE_KIND_CACHE value
         * @property {number} RULE_KIND_AUTHORIZE=7 RULE_KIND_AUTHORIZE value
         * @property {number} RULE_KIND_AUTHENTICATE=8 RULE_KIND_AUTHENTICATE value
         * @property {number} RULE_KIND_BACKPRESSURE=9 RULE_KIND_BACKPRESSURE value
         */
        v1.RuleKind = (function() {
            var valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "RULE_KIND_UNSPECIFIED"] = 0;
            values[valuesById[1] = "RULE_KIND_SOCKET"] = 1;
            values[valuesById[2] = "RULE_KIND_MESSAGE"] = 2;
            values[valuesById[3] = "RULE_KIND_CHANNEL"] = 3;
            values[valuesById[4] = "RULE_KIND_PRESENCE"] = 4;
            values[valuesById[5] = "RULE_KIND_USER"] = 5;
            values[valuesById[6] = "RULE_KIND_CACHE"] = 6;
            values[valuesById[7] = "RULE_KIND_AUTHORIZE"] = 7;
            values[valuesById[8] = "RULE_KIND_AUTHENTICATE"] = 8;
            values[valuesById[9] = "RULE_KIND_BACKPRESSURE"] = 9;
            return values;
        })();

        v1.Welcome = (function() {

            /**
             * Properties of a Welcome.
             * @typedef {Object} standpipe.v1.Welcome.$Properties
             * @property {number|null} [version] Welcome version
             * @property {standpipe.v1.Verdict|null} [verdict] Welcome verdict
             * @property {string|null} [reason] Welcome reason
             * @property {Uint8Array|null} [session] Welcome session
             * @property {Uint8Array|null} [secret] Welcome secret
             * @property {number|null} [nextSeq] Welcome nextSeq
             * @property {standpipe.v1.CommandAck.$Properties|null} [commandAck] Welcome commandAck
             * @property {standpipe.v1.Limits.$Properties|null} [limits] Welcome limits
             * @property {number|null} [partitions] Welcome partitions
             * @property {Array.<standpipe.v1.Assignment.$Properties>|null} [assigned] Welcome assigned
             * @property {string|null} [node] Welcome node
             * @property {number|null} [windowMs] Welcome windowMs
             * @property {number|null} [graceMs] Welcome graceMs
             * @property {number|null} [unhandled] Welcome unhandled
             * @property {string|null} [stream] Welcome stream
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Welcome.
             * @memberof standpipe.v1
             * @interface IWelcome
             * @augments standpipe.v1.Welcome.$Properties
             * @deprecated Use standpipe.v1.Welcome.$Properties instead.
             */

            /**
             * Shape of a Welcome.
             * @typedef {standpipe.v1.Welcome.$Properties} standpipe.v1.Welcome.$Shape
             */

            /**
             * Constructs a new Welcome.
             * @memberof standpipe.v1
             * @classdesc Represents a Welcome.
             * @constructor
             * @param {standpipe.v1.Welcome.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Welcome = function (properties) {
                this.assigned = [];
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Welcome version.
             * @member {number} version
             * @memberof standpipe.v1.Welcome
             * @instance
             */
            Welcome.prototype.version = 0;

            /**
             * Welcome verdict.
             * @member {standpipe.v1.Verdict} verdict
             * @memberof standpipe.v1.Welcome
             * @instance
             */
            Welcome.prototype.verdict = 0;

            /**
             * Welcome reason.
             * @member {string} reason
             * @memberof standpipe.v1.Welcome
             * @instance
             */
            Welcome.prototype.reason = "";

            /**
             * Welcome session.
             * @member {Uint8Array} session
             * @memberof standpipe.v1.Welcome
             * @instance
             */
            Welcome.prototype.session = $util.newBuffer([]);

            /**
             * Welcome secret.
             * @member {Uint8Array} secret
             * @memberof standpipe.v1.Welcome
             * @instance
             */
            Welcome.prototype.secret = $util.newBuffer([]);

            /**
             * Welcome nextSeq.
             * @member {number} nextSeq
             * @memberof standpipe.v1.Welcome
             * @instance
             */
            Welcome.prototype.nextSeq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Welcome commandAck.
             * @member {standpipe.v1.CommandAck.$Properties|null|undefined} commandAck
             * @memberof standpipe.v1.Welcome
             * @instance
             */
            Welcome.prototype.commandAck = null;

            /**
             * Welcome limits.
             * @member {standpipe.v1.Limits.$Properties|null|undefined} limits
             * @memberof standpipe.v1.Welcome
             * @instance
             */
            Welcome.prototype.limits = null;

            /**
             * Welcome partitions.
             * @member {number} partitions
             * @memberof standpipe.v1.Welcome
             * @instance
             */
            Welcome.prototype.partitions = 0;

            /**
             * Welcome assigned.
             * @member {Array.<standpipe.v1.Assignment.$Properties>} assigned
             * @memberof standpipe.v1.Welcome
             * @instance
             */
            Welcome.prototype.assigned = $util.emptyArray;

            /**
             * Welcome node.
             * @member {string} node
             * @memberof standpipe.v1.Welcome
             * @instance
             */
            Welcome.prototype.node = "";

            /**
             * Welcome windowMs.
             * @member {number|null|undefined} windowMs
             * @memberof standpipe.v1.Welcome
             * @instance
             */
            Welcome.prototype.windowMs = null;

            /**
             * Welcome graceMs.
             * @member {number|null|undefined} graceMs
             * @memberof standpipe.v1.Welcome
             * @instance
             */
            Welcome.prototype.graceMs = null;

            /**
             * Welcome unhandled.
             * @member {number} unhandled
             * @memberof standpipe.v1.Welcome
             * @instance
             */
            Welcome.prototype.unhandled = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Welcome stream.
             * @member {string} stream
             * @memberof standpipe.v1.Welcome
             * @instance
             */
            Welcome.prototype.stream = "";

            // OneOf field names bound to virtual getters and setters
            var $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Welcome.prototype, "_windowMs", {
                get: $util.oneOfGetter($oneOfFields = ["windowMs"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Welcome.prototype, "_graceMs", {
                get: $util.oneOfGetter($oneOfFields = ["graceMs"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified Welcome message. Does not implicitly {@link standpipe.v1.Welcome.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Welcome
             * @static
             * @param {standpipe.v1.Welcome.$Properties} message Welcome message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Welcome.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.version);
                if (message.verdict != null && $Object.hasOwnProperty.call(message, "verdict") && message.verdict !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).int32(message.verdict);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.reason);
                if (message.session != null && $Object.hasOwnProperty.call(message, "session") && message.session.length)
                    writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.session);
                if (message.secret != null && $Object.hasOwnProperty.call(message, "secret") && message.secret.length)
                    writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.secret);
                if (message.nextSeq != null && $Object.hasOwnProperty.call(message, "nextSeq") && (typeof message.nextSeq === "object" ? message.nextSeq.low || message.nextSeq.high : message.nextSeq !== 0))
                    writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.nextSeq);
                if (message.commandAck != null && $Object.hasOwnProperty.call(message, "commandAck"))
                    $root.standpipe.v1.CommandAck.encode(message.commandAck, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.limits != null && $Object.hasOwnProperty.call(message, "limits"))
                    $root.standpipe.v1.Limits.encode(message.limits, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                if (message.partitions != null && $Object.hasOwnProperty.call(message, "partitions") && message.partitions !== 0)
                    writer.uint32(/* id 9, wireType 0 =*/72).uint32(message.partitions);
                if (message.assigned != null && message.assigned.length)
                    for (var i = 0; i < message.assigned.length; ++i)
                        $root.standpipe.v1.Assignment.encode(message.assigned[i], writer.uint32(/* id 10, wireType 2 =*/82).fork(), _depth + 1).ldelim();
                if (message.node != null && $Object.hasOwnProperty.call(message, "node") && message.node !== "")
                    writer.uint32(/* id 11, wireType 2 =*/90).string(message.node);
                if (message.windowMs != null && $Object.hasOwnProperty.call(message, "windowMs"))
                    writer.uint32(/* id 12, wireType 0 =*/96).uint32(message.windowMs);
                if (message.graceMs != null && $Object.hasOwnProperty.call(message, "graceMs"))
                    writer.uint32(/* id 13, wireType 0 =*/104).uint32(message.graceMs);
                if (message.unhandled != null && $Object.hasOwnProperty.call(message, "unhandled") && (typeof message.unhandled === "object" ? message.unhandled.low || message.unhandled.high : message.unhandled !== 0))
                    writer.uint32(/* id 14, wireType 0 =*/112).uint64(message.unhandled);
                if (message.stream != null && $Object.hasOwnProperty.call(message, "stream") && message.stream !== "")
                    writer.uint32(/* id 15, wireType 2 =*/122).string(message.stream);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Welcome message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Welcome
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Welcome & standpipe.v1.Welcome.$Shape} Welcome
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Welcome.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Welcome();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.verdict = value;
                            else
                                delete message.verdict;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.session = value;
                            else
                                delete message.session;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.secret = value;
                            else
                                delete message.secret;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.nextSeq = value;
                            else
                                delete message.nextSeq;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.commandAck = $root.standpipe.v1.CommandAck.decode(reader, reader.size(), $undefined, _depth + 1, message.commandAck);
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.limits = $root.standpipe.v1.Limits.decode(reader, reader.size(), $undefined, _depth + 1, message.limits);
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.partitions = value;
                            else
                                delete message.partitions;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            if (!(message.assigned && message.assigned.length))
                                message.assigned = [];
                            message.assigned.push($root.standpipe.v1.Assignment.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.node = value;
                            else
                                delete message.node;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 0)
                                break;
                            message.windowMs = reader.uint32();
                            message._windowMs = "windowMs";
                            continue;
                        }
                    case 13: {
                            if (wireType !== 0)
                                break;
                            message.graceMs = reader.uint32();
                            message._graceMs = "graceMs";
                            continue;
                        }
                    case 14: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.unhandled = value;
                            else
                                delete message.unhandled;
                            continue;
                        }
                    case 15: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.stream = value;
                            else
                                delete message.stream;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Welcome;
        })();

        /**
         * Verdict enum.
         * @name standpipe.v1.Verdict
         * @enum {number}
         * @property {number} VERDICT_UNSPECIFIED=0 VERDICT_UNSPECIFIED value
         * @property {number} VERDICT_NEW=1 VERDICT_NEW value
         * @property {number} VERDICT_RESUMED=2 VERDICT_RESUMED value
         * @property {number} VERDICT_RESET=3 VERDICT_RESET value
         */
        v1.Verdict = (function() {
            var valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "VERDICT_UNSPECIFIED"] = 0;
            values[valuesById[1] = "VERDICT_NEW"] = 1;
            values[valuesById[2] = "VERDICT_RESUMED"] = 2;
            values[valuesById[3] = "VERDICT_RESET"] = 3;
            return values;
        })();

        v1.Ready = (function() {

            /**
             * Properties of a Ready.
             * @typedef {Object} standpipe.v1.Ready.$Properties
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Ready.
             * @memberof standpipe.v1
             * @interface IReady
             * @augments standpipe.v1.Ready.$Properties
             * @deprecated Use standpipe.v1.Ready.$Properties instead.
             */

            /**
             * Shape of a Ready.
             * @typedef {standpipe.v1.Ready.$Properties} standpipe.v1.Ready.$Shape
             */

            /**
             * Constructs a new Ready.
             * @memberof standpipe.v1
             * @classdesc Represents a Ready.
             * @constructor
             * @param {standpipe.v1.Ready.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Ready = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Encodes the specified Ready message. Does not implicitly {@link standpipe.v1.Ready.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Ready
             * @static
             * @param {standpipe.v1.Ready.$Properties} message Ready message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Ready.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Ready message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Ready
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Ready & standpipe.v1.Ready.$Shape} Ready
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Ready.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Ready();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    reader.skipType(tag & 7, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Ready;
        })();

        v1.Limits = (function() {

            /**
             * Properties of a Limits.
             * @typedef {Object} standpipe.v1.Limits.$Properties
             * @property {number|null} [frameBytes] Limits frameBytes
             * @property {number|null} [batch] Limits batch
             * @property {number|null} [dataBytes] Limits dataBytes
             * @property {number|null} [pingMs] Limits pingMs
             * @property {number|null} [deadMs] Limits deadMs
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Limits.
             * @memberof standpipe.v1
             * @interface ILimits
             * @augments standpipe.v1.Limits.$Properties
             * @deprecated Use standpipe.v1.Limits.$Properties instead.
             */

            /**
             * Shape of a Limits.
             * @typedef {standpipe.v1.Limits.$Properties} standpipe.v1.Limits.$Shape
             */

            /**
             * Constructs a new Limits.
             * @memberof standpipe.v1
             * @classdesc Represents a Limits.
             * @constructor
             * @param {standpipe.v1.Limits.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Limits = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Limits frameBytes.
             * @member {number|null|undefined} frameBytes
             * @memberof standpipe.v1.Limits
             * @instance
             */
            Limits.prototype.frameBytes = null;

            /**
             * Limits batch.
             * @member {number|null|undefined} batch
             * @memberof standpipe.v1.Limits
             * @instance
             */
            Limits.prototype.batch = null;

            /**
             * Limits dataBytes.
             * @member {number|null|undefined} dataBytes
             * @memberof standpipe.v1.Limits
             * @instance
             */
            Limits.prototype.dataBytes = null;

            /**
             * Limits pingMs.
             * @member {number|null|undefined} pingMs
             * @memberof standpipe.v1.Limits
             * @instance
             */
            Limits.prototype.pingMs = null;

            /**
             * Limits deadMs.
             * @member {number|null|undefined} deadMs
             * @memberof standpipe.v1.Limits
             * @instance
             */
            Limits.prototype.deadMs = null;

            // OneOf field names bound to virtual getters and setters
            var $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Limits.prototype, "_frameBytes", {
                get: $util.oneOfGetter($oneOfFields = ["frameBytes"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Limits.prototype, "_batch", {
                get: $util.oneOfGetter($oneOfFields = ["batch"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Limits.prototype, "_dataBytes", {
                get: $util.oneOfGetter($oneOfFields = ["dataBytes"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Limits.prototype, "_pingMs", {
                get: $util.oneOfGetter($oneOfFields = ["pingMs"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Limits.prototype, "_deadMs", {
                get: $util.oneOfGetter($oneOfFields = ["deadMs"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified Limits message. Does not implicitly {@link standpipe.v1.Limits.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Limits
             * @static
             * @param {standpipe.v1.Limits.$Properties} message Limits message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Limits.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.frameBytes != null && $Object.hasOwnProperty.call(message, "frameBytes"))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.frameBytes);
                if (message.batch != null && $Object.hasOwnProperty.call(message, "batch"))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.batch);
                if (message.dataBytes != null && $Object.hasOwnProperty.call(message, "dataBytes"))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.dataBytes);
                if (message.pingMs != null && $Object.hasOwnProperty.call(message, "pingMs"))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.pingMs);
                if (message.deadMs != null && $Object.hasOwnProperty.call(message, "deadMs"))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.deadMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Limits message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Limits
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Limits & standpipe.v1.Limits.$Shape} Limits
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Limits.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Limits();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            message.frameBytes = reader.uint32();
                            message._frameBytes = "frameBytes";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            message.batch = reader.uint32();
                            message._batch = "batch";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            message.dataBytes = reader.uint32();
                            message._dataBytes = "dataBytes";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            message.pingMs = reader.uint32();
                            message._pingMs = "pingMs";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            message.deadMs = reader.uint32();
                            message._deadMs = "deadMs";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Limits;
        })();

        v1.Credit = (function() {

            /**
             * Properties of a Credit.
             * @typedef {Object} standpipe.v1.Credit.$Properties
             * @property {number|null} [messages] Credit messages
             * @property {number|null} [bytes] Credit bytes
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Credit.
             * @memberof standpipe.v1
             * @interface ICredit
             * @augments standpipe.v1.Credit.$Properties
             * @deprecated Use standpipe.v1.Credit.$Properties instead.
             */

            /**
             * Shape of a Credit.
             * @typedef {standpipe.v1.Credit.$Properties} standpipe.v1.Credit.$Shape
             */

            /**
             * Constructs a new Credit.
             * @memberof standpipe.v1
             * @classdesc Represents a Credit.
             * @constructor
             * @param {standpipe.v1.Credit.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Credit = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Credit messages.
             * @member {number} messages
             * @memberof standpipe.v1.Credit
             * @instance
             */
            Credit.prototype.messages = 0;

            /**
             * Credit bytes.
             * @member {number} bytes
             * @memberof standpipe.v1.Credit
             * @instance
             */
            Credit.prototype.bytes = 0;

            /**
             * Encodes the specified Credit message. Does not implicitly {@link standpipe.v1.Credit.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Credit
             * @static
             * @param {standpipe.v1.Credit.$Properties} message Credit message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Credit.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.messages != null && $Object.hasOwnProperty.call(message, "messages") && message.messages !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.messages);
                if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && message.bytes !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.bytes);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Credit message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Credit
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Credit & standpipe.v1.Credit.$Shape} Credit
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Credit.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Credit();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.messages = value;
                            else
                                delete message.messages;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.bytes = value;
                            else
                                delete message.bytes;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Credit;
        })();

        v1.Position = (function() {

            /**
             * Properties of a Position.
             * @typedef {Object} standpipe.v1.Position.$Properties
             * @property {number|null} [partition] Position partition
             * @property {number|null} [generation] Position generation
             * @property {number|null} [epoch] Position epoch
             * @property {number|null} [offset] Position offset
             * @property {Array.<standpipe.v1.Range.$Properties>|null} [finished] Position finished
             * @property {boolean|null} [wantsSnapshot] Position wantsSnapshot
             * @property {Array.<standpipe.v1.Conflated.$Properties>|null} [conflated] Position conflated
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Position.
             * @memberof standpipe.v1
             * @interface IPosition
             * @augments standpipe.v1.Position.$Properties
             * @deprecated Use standpipe.v1.Position.$Properties instead.
             */

            /**
             * Shape of a Position.
             * @typedef {standpipe.v1.Position.$Properties} standpipe.v1.Position.$Shape
             */

            /**
             * Constructs a new Position.
             * @memberof standpipe.v1
             * @classdesc Represents a Position.
             * @constructor
             * @param {standpipe.v1.Position.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Position = function (properties) {
                this.finished = [];
                this.conflated = [];
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Position partition.
             * @member {number} partition
             * @memberof standpipe.v1.Position
             * @instance
             */
            Position.prototype.partition = 0;

            /**
             * Position generation.
             * @member {number} generation
             * @memberof standpipe.v1.Position
             * @instance
             */
            Position.prototype.generation = 0;

            /**
             * Position epoch.
             * @member {number} epoch
             * @memberof standpipe.v1.Position
             * @instance
             */
            Position.prototype.epoch = 0;

            /**
             * Position offset.
             * @member {number} offset
             * @memberof standpipe.v1.Position
             * @instance
             */
            Position.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Position finished.
             * @member {Array.<standpipe.v1.Range.$Properties>} finished
             * @memberof standpipe.v1.Position
             * @instance
             */
            Position.prototype.finished = $util.emptyArray;

            /**
             * Position wantsSnapshot.
             * @member {boolean} wantsSnapshot
             * @memberof standpipe.v1.Position
             * @instance
             */
            Position.prototype.wantsSnapshot = false;

            /**
             * Position conflated.
             * @member {Array.<standpipe.v1.Conflated.$Properties>} conflated
             * @memberof standpipe.v1.Position
             * @instance
             */
            Position.prototype.conflated = $util.emptyArray;

            /**
             * Encodes the specified Position message. Does not implicitly {@link standpipe.v1.Position.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Position
             * @static
             * @param {standpipe.v1.Position.$Properties} message Position message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Position.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.partition);
                if (message.generation != null && $Object.hasOwnProperty.call(message, "generation") && message.generation !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.generation);
                if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.epoch);
                if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.offset);
                if (message.finished != null && message.finished.length)
                    for (var i = 0; i < message.finished.length; ++i)
                        $root.standpipe.v1.Range.encode(message.finished[i], writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.wantsSnapshot != null && $Object.hasOwnProperty.call(message, "wantsSnapshot") && message.wantsSnapshot !== false)
                    writer.uint32(/* id 6, wireType 0 =*/48).bool(message.wantsSnapshot);
                if (message.conflated != null && message.conflated.length)
                    for (var i = 0; i < message.conflated.length; ++i)
                        $root.standpipe.v1.Conflated.encode(message.conflated[i], writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Position message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Position
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Position & standpipe.v1.Position.$Shape} Position
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Position.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Position();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.partition = value;
                            else
                                delete message.partition;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.generation = value;
                            else
                                delete message.generation;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.epoch = value;
                            else
                                delete message.epoch;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.offset = value;
                            else
                                delete message.offset;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if (!(message.finished && message.finished.length))
                                message.finished = [];
                            message.finished.push($root.standpipe.v1.Range.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.wantsSnapshot = value;
                            else
                                delete message.wantsSnapshot;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if (!(message.conflated && message.conflated.length))
                                message.conflated = [];
                            message.conflated.push($root.standpipe.v1.Conflated.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Position;
        })();

        v1.Conflated = (function() {

            /**
             * Properties of a Conflated.
             * @typedef {Object} standpipe.v1.Conflated.$Properties
             * @property {number|null} [offset] Conflated offset
             * @property {number|null} [count] Conflated count
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Conflated.
             * @memberof standpipe.v1
             * @interface IConflated
             * @augments standpipe.v1.Conflated.$Properties
             * @deprecated Use standpipe.v1.Conflated.$Properties instead.
             */

            /**
             * Shape of a Conflated.
             * @typedef {standpipe.v1.Conflated.$Properties} standpipe.v1.Conflated.$Shape
             */

            /**
             * Constructs a new Conflated.
             * @memberof standpipe.v1
             * @classdesc Represents a Conflated.
             * @constructor
             * @param {standpipe.v1.Conflated.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Conflated = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Conflated offset.
             * @member {number} offset
             * @memberof standpipe.v1.Conflated
             * @instance
             */
            Conflated.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Conflated count.
             * @member {number} count
             * @memberof standpipe.v1.Conflated
             * @instance
             */
            Conflated.prototype.count = 0;

            /**
             * Encodes the specified Conflated message. Does not implicitly {@link standpipe.v1.Conflated.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Conflated
             * @static
             * @param {standpipe.v1.Conflated.$Properties} message Conflated message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Conflated.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.offset);
                if (message.count != null && $Object.hasOwnProperty.call(message, "count") && message.count !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.count);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Conflated message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Conflated
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Conflated & standpipe.v1.Conflated.$Shape} Conflated
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Conflated.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Conflated();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.offset = value;
                            else
                                delete message.offset;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.count = value;
                            else
                                delete message.count;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Conflated;
        })();

        v1.Range = (function() {

            /**
             * Properties of a Range.
             * @typedef {Object} standpipe.v1.Range.$Properties
             * @property {number|null} [first] Range first
             * @property {number|null} [last] Range last
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Range.
             * @memberof standpipe.v1
             * @interface IRange
             * @augments standpipe.v1.Range.$Properties
             * @deprecated Use standpipe.v1.Range.$Properties instead.
             */

            /**
             * Shape of a Range.
             * @typedef {standpipe.v1.Range.$Properties} standpipe.v1.Range.$Shape
             */

            /**
             * Constructs a new Range.
             * @memberof standpipe.v1
             * @classdesc Represents a Range.
             * @constructor
             * @param {standpipe.v1.Range.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Range = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Range first.
             * @member {number} first
             * @memberof standpipe.v1.Range
             * @instance
             */
            Range.prototype.first = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Range last.
             * @member {number} last
             * @memberof standpipe.v1.Range
             * @instance
             */
            Range.prototype.last = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Encodes the specified Range message. Does not implicitly {@link standpipe.v1.Range.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Range
             * @static
             * @param {standpipe.v1.Range.$Properties} message Range message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Range.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.first != null && $Object.hasOwnProperty.call(message, "first") && (typeof message.first === "object" ? message.first.low || message.first.high : message.first !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.first);
                if (message.last != null && $Object.hasOwnProperty.call(message, "last") && (typeof message.last === "object" ? message.last.low || message.last.high : message.last !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.last);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Range message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Range
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Range & standpipe.v1.Range.$Shape} Range
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Range.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Range();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.first = value;
                            else
                                delete message.first;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.last = value;
                            else
                                delete message.last;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Range;
        })();

        v1.Name = (function() {

            /**
             * Properties of a Name.
             * @typedef {Object} standpipe.v1.Name.$Properties
             * @property {number|null} [handle] Name handle
             * @property {string|null} [name] Name name
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Name.
             * @memberof standpipe.v1
             * @interface IName
             * @augments standpipe.v1.Name.$Properties
             * @deprecated Use standpipe.v1.Name.$Properties instead.
             */

            /**
             * Shape of a Name.
             * @typedef {standpipe.v1.Name.$Properties} standpipe.v1.Name.$Shape
             */

            /**
             * Constructs a new Name.
             * @memberof standpipe.v1
             * @classdesc Represents a Name.
             * @constructor
             * @param {standpipe.v1.Name.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Name = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Name handle.
             * @member {number} handle
             * @memberof standpipe.v1.Name
             * @instance
             */
            Name.prototype.handle = 0;

            /**
             * Name name.
             * @member {string} name
             * @memberof standpipe.v1.Name
             * @instance
             */
            Name.prototype.name = "";

            /**
             * Encodes the specified Name message. Does not implicitly {@link standpipe.v1.Name.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Name
             * @static
             * @param {standpipe.v1.Name.$Properties} message Name message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Name.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.handle != null && $Object.hasOwnProperty.call(message, "handle") && message.handle !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.handle);
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.name);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Name message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Name
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Name & standpipe.v1.Name.$Shape} Name
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Name.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Name();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.handle = value;
                            else
                                delete message.handle;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Name;
        })();

        v1.Events = (function() {

            /**
             * Properties of an Events.
             * @typedef {Object} standpipe.v1.Events.$Properties
             * @property {Array.<standpipe.v1.Name.$Properties>|null} [names] Events names
             * @property {Array.<standpipe.v1.Run.$Properties>|null} [runs] Events runs
             * @property {standpipe.v1.CommandAck.$Properties|null} [commandAck] Events commandAck
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Events.
             * @memberof standpipe.v1
             * @interface IEvents
             * @augments standpipe.v1.Events.$Properties
             * @deprecated Use standpipe.v1.Events.$Properties instead.
             */

            /**
             * Shape of an Events.
             * @typedef {standpipe.v1.Events.$Properties} standpipe.v1.Events.$Shape
             */

            /**
             * Constructs a new Events.
             * @memberof standpipe.v1
             * @classdesc Represents an Events.
             * @constructor
             * @param {standpipe.v1.Events.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Events = function (properties) {
                this.names = [];
                this.runs = [];
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Events names.
             * @member {Array.<standpipe.v1.Name.$Properties>} names
             * @memberof standpipe.v1.Events
             * @instance
             */
            Events.prototype.names = $util.emptyArray;

            /**
             * Events runs.
             * @member {Array.<standpipe.v1.Run.$Properties>} runs
             * @memberof standpipe.v1.Events
             * @instance
             */
            Events.prototype.runs = $util.emptyArray;

            /**
             * Events commandAck.
             * @member {standpipe.v1.CommandAck.$Properties|null|undefined} commandAck
             * @memberof standpipe.v1.Events
             * @instance
             */
            Events.prototype.commandAck = null;

            /**
             * Encodes the specified Events message. Does not implicitly {@link standpipe.v1.Events.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Events
             * @static
             * @param {standpipe.v1.Events.$Properties} message Events message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Events.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.names != null && message.names.length)
                    for (var i = 0; i < message.names.length; ++i)
                        $root.standpipe.v1.Name.encode(message.names[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.runs != null && message.runs.length)
                    for (var i = 0; i < message.runs.length; ++i)
                        $root.standpipe.v1.Run.encode(message.runs[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.commandAck != null && $Object.hasOwnProperty.call(message, "commandAck"))
                    $root.standpipe.v1.CommandAck.encode(message.commandAck, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Events message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Events
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Events & standpipe.v1.Events.$Shape} Events
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Events.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Events();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.names && message.names.length))
                                message.names = [];
                            message.names.push($root.standpipe.v1.Name.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.runs && message.runs.length))
                                message.runs = [];
                            message.runs.push($root.standpipe.v1.Run.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.commandAck = $root.standpipe.v1.CommandAck.decode(reader, reader.size(), $undefined, _depth + 1, message.commandAck);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Events;
        })();

        v1.Run = (function() {

            /**
             * Properties of a Run.
             * @typedef {Object} standpipe.v1.Run.$Properties
             * @property {number|null} [partition] Run partition
             * @property {number|null} [generation] Run generation
             * @property {number|null} [epoch] Run epoch
             * @property {number|null} [firstOffset] Run firstOffset
             * @property {Array.<standpipe.v1.Event.$Properties>|null} [events] Run events
             * @property {number|null} [skipped] Run skipped
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Run.
             * @memberof standpipe.v1
             * @interface IRun
             * @augments standpipe.v1.Run.$Properties
             * @deprecated Use standpipe.v1.Run.$Properties instead.
             */

            /**
             * Shape of a Run.
             * @typedef {standpipe.v1.Run.$Properties} standpipe.v1.Run.$Shape
             */

            /**
             * Constructs a new Run.
             * @memberof standpipe.v1
             * @classdesc Represents a Run.
             * @constructor
             * @param {standpipe.v1.Run.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Run = function (properties) {
                this.events = [];
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Run partition.
             * @member {number} partition
             * @memberof standpipe.v1.Run
             * @instance
             */
            Run.prototype.partition = 0;

            /**
             * Run generation.
             * @member {number} generation
             * @memberof standpipe.v1.Run
             * @instance
             */
            Run.prototype.generation = 0;

            /**
             * Run epoch.
             * @member {number} epoch
             * @memberof standpipe.v1.Run
             * @instance
             */
            Run.prototype.epoch = 0;

            /**
             * Run firstOffset.
             * @member {number} firstOffset
             * @memberof standpipe.v1.Run
             * @instance
             */
            Run.prototype.firstOffset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Run events.
             * @member {Array.<standpipe.v1.Event.$Properties>} events
             * @memberof standpipe.v1.Run
             * @instance
             */
            Run.prototype.events = $util.emptyArray;

            /**
             * Run skipped.
             * @member {number} skipped
             * @memberof standpipe.v1.Run
             * @instance
             */
            Run.prototype.skipped = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Encodes the specified Run message. Does not implicitly {@link standpipe.v1.Run.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Run
             * @static
             * @param {standpipe.v1.Run.$Properties} message Run message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Run.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.partition);
                if (message.generation != null && $Object.hasOwnProperty.call(message, "generation") && message.generation !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.generation);
                if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.epoch);
                if (message.firstOffset != null && $Object.hasOwnProperty.call(message, "firstOffset") && (typeof message.firstOffset === "object" ? message.firstOffset.low || message.firstOffset.high : message.firstOffset !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.firstOffset);
                if (message.events != null && message.events.length)
                    for (var i = 0; i < message.events.length; ++i)
                        $root.standpipe.v1.Event.encode(message.events[i], writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.skipped != null && $Object.hasOwnProperty.call(message, "skipped") && (typeof message.skipped === "object" ? message.skipped.low || message.skipped.high : message.skipped !== 0))
                    writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.skipped);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Run message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Run
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Run & standpipe.v1.Run.$Shape} Run
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Run.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Run();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.partition = value;
                            else
                                delete message.partition;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.generation = value;
                            else
                                delete message.generation;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.epoch = value;
                            else
                                delete message.epoch;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.firstOffset = value;
                            else
                                delete message.firstOffset;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if (!(message.events && message.events.length))
                                message.events = [];
                            message.events.push($root.standpipe.v1.Event.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.skipped = value;
                            else
                                delete message.skipped;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Run;
        })();

        /**
         * EventKind enum.
         * @name standpipe.v1.EventKind
         * @enum {number}
         * @property {number} EVENT_KIND_UNSPECIFIED=0 EVENT_KIND_UNSPECIFIED value
         * @property {number} EVENT_KIND_OPEN=1 EVENT_KIND_OPEN value
         * @property {number} EVENT_KIND_CLOSE=2 EVENT_KIND_CLOSE value
         * @property {number} EVENT_KIND_MESSAGE=3 EVENT_KIND_MESSAGE value
         * @property {number} EVENT_KIND_OCCUPIED=4 EVENT_KIND_OCCUPIED value
         * @property {number} EVENT_KIND_VACATED=5 EVENT_KIND_VACATED value
         * @property {number} EVENT_KIND_MEMBER_ADDED=6 EVENT_KIND_MEMBER_ADDED value
         * @property {number} EVENT_KIND_MEMBER_REMOVED=7 EVENT_KIND_MEMBER_REMOVED value
         * @property {number} EVENT_KIND_USER_ONLINE=8 EVENT_KIND_USER_ONLINE value
         * @property {number} EVENT_KIND_USER_OFFLINE=9 EVENT_KIND_USER_OFFLINE value
         * @property {number} EVENT_KIND_CACHE_MISS=10 EVENT_KIND_CACHE_MISS value
         * @property {number} EVENT_KIND_SLOW=11 EVENT_KIND_SLOW value
         * @property {number} EVENT_KIND_DRAINED=12 EVENT_KIND_DRAINED value
         */
        v1.EventKind = (function() {
            var valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "EVENT_KIND_UNSPECIFIED"] = 0;
            values[valuesById[1] = "EVENT_KIND_OPEN"] = 1;
            values[valuesById[2] = "EVENT_KIND_CLOSE"] = 2;
            values[valuesById[3] = "EVENT_KIND_MESSAGE"] = 3;
            values[valuesById[4] = "EVENT_KIND_OCCUPIED"] = 4;
            values[valuesById[5] = "EVENT_KIND_VACATED"] = 5;
            values[valuesById[6] = "EVENT_KIND_MEMBER_ADDED"] = 6;
            values[valuesById[7] = "EVENT_KIND_MEMBER_REMOVED"] = 7;
            values[valuesById[8] = "EVENT_KIND_USER_ONLINE"] = 8;
            values[valuesById[9] = "EVENT_KIND_USER_OFFLINE"] = 9;
            values[valuesById[10] = "EVENT_KIND_CACHE_MISS"] = 10;
            values[valuesById[11] = "EVENT_KIND_SLOW"] = 11;
            values[valuesById[12] = "EVENT_KIND_DRAINED"] = 12;
            return values;
        })();

        v1.Event = (function() {

            /**
             * Properties of an Event.
             * @typedef {Object} standpipe.v1.Event.$Properties
             * @property {standpipe.v1.EventKind|null} [kind] Event kind
             * @property {string|null} [socket] Event socket
             * @property {number|null} [channel] Event channel
             * @property {string|null} [channelName] Event channelName
             * @property {number|null} [event] Event event
             * @property {string|null} [eventName] Event eventName
             * @property {Uint8Array|null} [data] Event data
             * @property {number|null} [time] Event time
             * @property {string|null} [user] Event user
             * @property {boolean|null} [redelivered] Event redelivered
             * @property {number|null} [code] Event code
             * @property {string|null} [reason] Event reason
             * @property {number|null} [conflated] Event conflated
             * @property {boolean|null} [conflatable] Event conflatable
             * @property {string|null} [trace] Event trace
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Event.
             * @memberof standpipe.v1
             * @interface IEvent
             * @augments standpipe.v1.Event.$Properties
             * @deprecated Use standpipe.v1.Event.$Properties instead.
             */

            /**
             * Shape of an Event.
             * @typedef {standpipe.v1.Event.$Properties} standpipe.v1.Event.$Shape
             */

            /**
             * Constructs a new Event.
             * @memberof standpipe.v1
             * @classdesc Represents an Event.
             * @constructor
             * @param {standpipe.v1.Event.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Event = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Event kind.
             * @member {standpipe.v1.EventKind} kind
             * @memberof standpipe.v1.Event
             * @instance
             */
            Event.prototype.kind = 0;

            /**
             * Event socket.
             * @member {string} socket
             * @memberof standpipe.v1.Event
             * @instance
             */
            Event.prototype.socket = "";

            /**
             * Event channel.
             * @member {number} channel
             * @memberof standpipe.v1.Event
             * @instance
             */
            Event.prototype.channel = 0;

            /**
             * Event channelName.
             * @member {string} channelName
             * @memberof standpipe.v1.Event
             * @instance
             */
            Event.prototype.channelName = "";

            /**
             * Event event.
             * @member {number} event
             * @memberof standpipe.v1.Event
             * @instance
             */
            Event.prototype.event = 0;

            /**
             * Event eventName.
             * @member {string} eventName
             * @memberof standpipe.v1.Event
             * @instance
             */
            Event.prototype.eventName = "";

            /**
             * Event data.
             * @member {Uint8Array} data
             * @memberof standpipe.v1.Event
             * @instance
             */
            Event.prototype.data = $util.newBuffer([]);

            /**
             * Event time.
             * @member {number} time
             * @memberof standpipe.v1.Event
             * @instance
             */
            Event.prototype.time = 0;

            /**
             * Event user.
             * @member {string} user
             * @memberof standpipe.v1.Event
             * @instance
             */
            Event.prototype.user = "";

            /**
             * Event redelivered.
             * @member {boolean} redelivered
             * @memberof standpipe.v1.Event
             * @instance
             */
            Event.prototype.redelivered = false;

            /**
             * Event code.
             * @member {number|null|undefined} code
             * @memberof standpipe.v1.Event
             * @instance
             */
            Event.prototype.code = null;

            /**
             * Event reason.
             * @member {string} reason
             * @memberof standpipe.v1.Event
             * @instance
             */
            Event.prototype.reason = "";

            /**
             * Event conflated.
             * @member {number} conflated
             * @memberof standpipe.v1.Event
             * @instance
             */
            Event.prototype.conflated = 0;

            /**
             * Event conflatable.
             * @member {boolean} conflatable
             * @memberof standpipe.v1.Event
             * @instance
             */
            Event.prototype.conflatable = false;

            /**
             * Event trace.
             * @member {string} trace
             * @memberof standpipe.v1.Event
             * @instance
             */
            Event.prototype.trace = "";

            // OneOf field names bound to virtual getters and setters
            var $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Event.prototype, "_code", {
                get: $util.oneOfGetter($oneOfFields = ["code"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified Event message. Does not implicitly {@link standpipe.v1.Event.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Event
             * @static
             * @param {standpipe.v1.Event.$Properties} message Event message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Event.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).int32(message.kind);
                if (message.socket != null && $Object.hasOwnProperty.call(message, "socket") && message.socket !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.socket);
                if (message.channel != null && $Object.hasOwnProperty.call(message, "channel") && message.channel !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.channel);
                if (message.channelName != null && $Object.hasOwnProperty.call(message, "channelName") && message.channelName !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.channelName);
                if (message.event != null && $Object.hasOwnProperty.call(message, "event") && message.event !== 0)
                    writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.event);
                if (message.eventName != null && $Object.hasOwnProperty.call(message, "eventName") && message.eventName !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.eventName);
                if (message.data != null && $Object.hasOwnProperty.call(message, "data") && message.data.length)
                    writer.uint32(/* id 7, wireType 2 =*/58).bytes(message.data);
                if (message.time != null && $Object.hasOwnProperty.call(message, "time") && !$Object.is(message.time, 0))
                    writer.uint32(/* id 8, wireType 1 =*/65).double(message.time);
                if (message.user != null && $Object.hasOwnProperty.call(message, "user") && message.user !== "")
                    writer.uint32(/* id 9, wireType 2 =*/74).string(message.user);
                if (message.redelivered != null && $Object.hasOwnProperty.call(message, "redelivered") && message.redelivered !== false)
                    writer.uint32(/* id 10, wireType 0 =*/80).bool(message.redelivered);
                if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                    writer.uint32(/* id 12, wireType 0 =*/96).uint32(message.code);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 13, wireType 2 =*/106).string(message.reason);
                if (message.conflated != null && $Object.hasOwnProperty.call(message, "conflated") && message.conflated !== 0)
                    writer.uint32(/* id 14, wireType 0 =*/112).uint32(message.conflated);
                if (message.conflatable != null && $Object.hasOwnProperty.call(message, "conflatable") && message.conflatable !== false)
                    writer.uint32(/* id 15, wireType 0 =*/120).bool(message.conflatable);
                if (message.trace != null && $Object.hasOwnProperty.call(message, "trace") && message.trace !== "")
                    writer.uint32(/* id 16, wireType 2 =*/130).string(message.trace);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Event message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Event
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Event & standpipe.v1.Event.$Shape} Event
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Event.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Event();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.socket = value;
                            else
                                delete message.socket;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.channel = value;
                            else
                                delete message.channel;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.channelName = value;
                            else
                                delete message.channelName;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.event = value;
                            else
                                delete message.event;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.eventName = value;
                            else
                                delete message.eventName;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.data = value;
                            else
                                delete message.data;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.time = value;
                            else
                                delete message.time;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.user = value;
                            else
                                delete message.user;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.redelivered = value;
                            else
                                delete message.redelivered;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 0)
                                break;
                            message.code = reader.uint32();
                            message._code = "code";
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    case 14: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.conflated = value;
                            else
                                delete message.conflated;
                            continue;
                        }
                    case 15: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.conflatable = value;
                            else
                                delete message.conflatable;
                            continue;
                        }
                    case 16: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.trace = value;
                            else
                                delete message.trace;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Event;
        })();

        v1.Ack = (function() {

            /**
             * Properties of an Ack.
             * @typedef {Object} standpipe.v1.Ack.$Properties
             * @property {Array.<standpipe.v1.Position.$Properties>|null} [positions] Ack positions
             * @property {standpipe.v1.Credit.$Properties|null} [credit] Ack credit
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Ack.
             * @memberof standpipe.v1
             * @interface IAck
             * @augments standpipe.v1.Ack.$Properties
             * @deprecated Use standpipe.v1.Ack.$Properties instead.
             */

            /**
             * Shape of an Ack.
             * @typedef {standpipe.v1.Ack.$Properties} standpipe.v1.Ack.$Shape
             */

            /**
             * Constructs a new Ack.
             * @memberof standpipe.v1
             * @classdesc Represents an Ack.
             * @constructor
             * @param {standpipe.v1.Ack.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Ack = function (properties) {
                this.positions = [];
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Ack positions.
             * @member {Array.<standpipe.v1.Position.$Properties>} positions
             * @memberof standpipe.v1.Ack
             * @instance
             */
            Ack.prototype.positions = $util.emptyArray;

            /**
             * Ack credit.
             * @member {standpipe.v1.Credit.$Properties|null|undefined} credit
             * @memberof standpipe.v1.Ack
             * @instance
             */
            Ack.prototype.credit = null;

            /**
             * Encodes the specified Ack message. Does not implicitly {@link standpipe.v1.Ack.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Ack
             * @static
             * @param {standpipe.v1.Ack.$Properties} message Ack message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Ack.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.positions != null && message.positions.length)
                    for (var i = 0; i < message.positions.length; ++i)
                        $root.standpipe.v1.Position.encode(message.positions[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.credit != null && $Object.hasOwnProperty.call(message, "credit"))
                    $root.standpipe.v1.Credit.encode(message.credit, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Ack message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Ack
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Ack & standpipe.v1.Ack.$Shape} Ack
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Ack.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Ack();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.positions && message.positions.length))
                                message.positions = [];
                            message.positions.push($root.standpipe.v1.Position.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.credit = $root.standpipe.v1.Credit.decode(reader, reader.size(), $undefined, _depth + 1, message.credit);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Ack;
        })();

        v1.Gap = (function() {

            /**
             * Properties of a Gap.
             * @typedef {Object} standpipe.v1.Gap.$Properties
             * @property {number|null} [partition] Gap partition
             * @property {number|null} [oldEpoch] Gap oldEpoch
             * @property {number|null} [after] Gap after
             * @property {number|null} [newEpoch] Gap newEpoch
             * @property {number|null} [first] Gap first
             * @property {standpipe.v1.GapCause|null} [cause] Gap cause
             * @property {number|null} [count] Gap count
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Gap.
             * @memberof standpipe.v1
             * @interface IGap
             * @augments standpipe.v1.Gap.$Properties
             * @deprecated Use standpipe.v1.Gap.$Properties instead.
             */

            /**
             * Shape of a Gap.
             * @typedef {standpipe.v1.Gap.$Properties} standpipe.v1.Gap.$Shape
             */

            /**
             * Constructs a new Gap.
             * @memberof standpipe.v1
             * @classdesc Represents a Gap.
             * @constructor
             * @param {standpipe.v1.Gap.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Gap = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Gap partition.
             * @member {number} partition
             * @memberof standpipe.v1.Gap
             * @instance
             */
            Gap.prototype.partition = 0;

            /**
             * Gap oldEpoch.
             * @member {number} oldEpoch
             * @memberof standpipe.v1.Gap
             * @instance
             */
            Gap.prototype.oldEpoch = 0;

            /**
             * Gap after.
             * @member {number} after
             * @memberof standpipe.v1.Gap
             * @instance
             */
            Gap.prototype.after = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Gap newEpoch.
             * @member {number} newEpoch
             * @memberof standpipe.v1.Gap
             * @instance
             */
            Gap.prototype.newEpoch = 0;

            /**
             * Gap first.
             * @member {number} first
             * @memberof standpipe.v1.Gap
             * @instance
             */
            Gap.prototype.first = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Gap cause.
             * @member {standpipe.v1.GapCause} cause
             * @memberof standpipe.v1.Gap
             * @instance
             */
            Gap.prototype.cause = 0;

            /**
             * Gap count.
             * @member {number} count
             * @memberof standpipe.v1.Gap
             * @instance
             */
            Gap.prototype.count = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Encodes the specified Gap message. Does not implicitly {@link standpipe.v1.Gap.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Gap
             * @static
             * @param {standpipe.v1.Gap.$Properties} message Gap message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Gap.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.partition);
                if (message.oldEpoch != null && $Object.hasOwnProperty.call(message, "oldEpoch") && message.oldEpoch !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.oldEpoch);
                if (message.after != null && $Object.hasOwnProperty.call(message, "after") && (typeof message.after === "object" ? message.after.low || message.after.high : message.after !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.after);
                if (message.newEpoch != null && $Object.hasOwnProperty.call(message, "newEpoch") && message.newEpoch !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.newEpoch);
                if (message.first != null && $Object.hasOwnProperty.call(message, "first") && (typeof message.first === "object" ? message.first.low || message.first.high : message.first !== 0))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.first);
                if (message.cause != null && $Object.hasOwnProperty.call(message, "cause") && message.cause !== 0)
                    writer.uint32(/* id 6, wireType 0 =*/48).int32(message.cause);
                if (message.count != null && $Object.hasOwnProperty.call(message, "count") && (typeof message.count === "object" ? message.count.low || message.count.high : message.count !== 0))
                    writer.uint32(/* id 7, wireType 0 =*/56).uint64(message.count);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Gap message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Gap
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Gap & standpipe.v1.Gap.$Shape} Gap
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Gap.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Gap();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.partition = value;
                            else
                                delete message.partition;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.oldEpoch = value;
                            else
                                delete message.oldEpoch;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.after = value;
                            else
                                delete message.after;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.newEpoch = value;
                            else
                                delete message.newEpoch;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.first = value;
                            else
                                delete message.first;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.cause = value;
                            else
                                delete message.cause;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.count = value;
                            else
                                delete message.count;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Gap;
        })();

        /**
         * GapCause enum.
         * @name standpipe.v1.GapCause
         * @enum {number}
         * @property {number} GAP_CAUSE_UNSPECIFIED=0 GAP_CAUSE_UNSPECIFIED value
         * @property {number} GAP_CAUSE_OVERFLOW=1 GAP_CAUSE_OVERFLOW value
         * @property {number} GAP_CAUSE_EXPIRED=2 GAP_CAUSE_EXPIRED value
         * @property {number} GAP_CAUSE_STORE_LOST=3 GAP_CAUSE_STORE_LOST value
         * @property {number} GAP_CAUSE_NODE_LOST=4 GAP_CAUSE_NODE_LOST value
         */
        v1.GapCause = (function() {
            var valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "GAP_CAUSE_UNSPECIFIED"] = 0;
            values[valuesById[1] = "GAP_CAUSE_OVERFLOW"] = 1;
            values[valuesById[2] = "GAP_CAUSE_EXPIRED"] = 2;
            values[valuesById[3] = "GAP_CAUSE_STORE_LOST"] = 3;
            values[valuesById[4] = "GAP_CAUSE_NODE_LOST"] = 4;
            return values;
        })();

        v1.Snapshot = (function() {

            /**
             * Properties of a Snapshot.
             * @typedef {Object} standpipe.v1.Snapshot.$Properties
             * @property {number|null} [partition] Snapshot partition
             * @property {number|null} [epoch] Snapshot epoch
             * @property {number|null} [offset] Snapshot offset
             * @property {boolean|null} [begin] Snapshot begin
             * @property {boolean|null} [end] Snapshot end
             * @property {Array.<standpipe.v1.SocketState.$Properties>|null} [sockets] Snapshot sockets
             * @property {Array.<standpipe.v1.ChannelState.$Properties>|null} [channels] Snapshot channels
             * @property {boolean|null} [coversSockets] Snapshot coversSockets
             * @property {boolean|null} [coversChannels] Snapshot coversChannels
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Snapshot.
             * @memberof standpipe.v1
             * @interface ISnapshot
             * @augments standpipe.v1.Snapshot.$Properties
             * @deprecated Use standpipe.v1.Snapshot.$Properties instead.
             */

            /**
             * Shape of a Snapshot.
             * @typedef {standpipe.v1.Snapshot.$Properties} standpipe.v1.Snapshot.$Shape
             */

            /**
             * Constructs a new Snapshot.
             * @memberof standpipe.v1
             * @classdesc Represents a Snapshot.
             * @constructor
             * @param {standpipe.v1.Snapshot.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Snapshot = function (properties) {
                this.sockets = [];
                this.channels = [];
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Snapshot partition.
             * @member {number} partition
             * @memberof standpipe.v1.Snapshot
             * @instance
             */
            Snapshot.prototype.partition = 0;

            /**
             * Snapshot epoch.
             * @member {number} epoch
             * @memberof standpipe.v1.Snapshot
             * @instance
             */
            Snapshot.prototype.epoch = 0;

            /**
             * Snapshot offset.
             * @member {number} offset
             * @memberof standpipe.v1.Snapshot
             * @instance
             */
            Snapshot.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Snapshot begin.
             * @member {boolean} begin
             * @memberof standpipe.v1.Snapshot
             * @instance
             */
            Snapshot.prototype.begin = false;

            /**
             * Snapshot end.
             * @member {boolean} end
             * @memberof standpipe.v1.Snapshot
             * @instance
             */
            Snapshot.prototype.end = false;

            /**
             * Snapshot sockets.
             * @member {Array.<standpipe.v1.SocketState.$Properties>} sockets
             * @memberof standpipe.v1.Snapshot
             * @instance
             */
            Snapshot.prototype.sockets = $util.emptyArray;

            /**
             * Snapshot channels.
             * @member {Array.<standpipe.v1.ChannelState.$Properties>} channels
             * @memberof standpipe.v1.Snapshot
             * @instance
             */
            Snapshot.prototype.channels = $util.emptyArray;

            /**
             * Snapshot coversSockets.
             * @member {boolean} coversSockets
             * @memberof standpipe.v1.Snapshot
             * @instance
             */
            Snapshot.prototype.coversSockets = false;

            /**
             * Snapshot coversChannels.
             * @member {boolean} coversChannels
             * @memberof standpipe.v1.Snapshot
             * @instance
             */
            Snapshot.prototype.coversChannels = false;

            /**
             * Encodes the specified Snapshot message. Does not implicitly {@link standpipe.v1.Snapshot.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Snapshot
             * @static
             * @param {standpipe.v1.Snapshot.$Properties} message Snapshot message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Snapshot.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.partition);
                if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.epoch);
                if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.offset);
                if (message.begin != null && $Object.hasOwnProperty.call(message, "begin") && message.begin !== false)
                    writer.uint32(/* id 4, wireType 0 =*/32).bool(message.begin);
                if (message.end != null && $Object.hasOwnProperty.call(message, "end") && message.end !== false)
                    writer.uint32(/* id 5, wireType 0 =*/40).bool(message.end);
                if (message.sockets != null && message.sockets.length)
                    for (var i = 0; i < message.sockets.length; ++i)
                        $root.standpipe.v1.SocketState.encode(message.sockets[i], writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.channels != null && message.channels.length)
                    for (var i = 0; i < message.channels.length; ++i)
                        $root.standpipe.v1.ChannelState.encode(message.channels[i], writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.coversSockets != null && $Object.hasOwnProperty.call(message, "coversSockets") && message.coversSockets !== false)
                    writer.uint32(/* id 8, wireType 0 =*/64).bool(message.coversSockets);
                if (message.coversChannels != null && $Object.hasOwnProperty.call(message, "coversChannels") && message.coversChannels !== false)
                    writer.uint32(/* id 9, wireType 0 =*/72).bool(message.coversChannels);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Snapshot message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Snapshot
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Snapshot & standpipe.v1.Snapshot.$Shape} Snapshot
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Snapshot.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Snapshot();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.partition = value;
                            else
                                delete message.partition;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.epoch = value;
                            else
                                delete message.epoch;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.offset = value;
                            else
                                delete message.offset;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.begin = value;
                            else
                                delete message.begin;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.end = value;
                            else
                                delete message.end;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if (!(message.sockets && message.sockets.length))
                                message.sockets = [];
                            message.sockets.push($root.standpipe.v1.SocketState.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if (!(message.channels && message.channels.length))
                                message.channels = [];
                            message.channels.push($root.standpipe.v1.ChannelState.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.coversSockets = value;
                            else
                                delete message.coversSockets;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.coversChannels = value;
                            else
                                delete message.coversChannels;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Snapshot;
        })();

        v1.SocketState = (function() {

            /**
             * Properties of a SocketState.
             * @typedef {Object} standpipe.v1.SocketState.$Properties
             * @property {string|null} [id] SocketState id
             * @property {string|null} [user] SocketState user
             * @property {Array.<string>|null} [channels] SocketState channels
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SocketState.
             * @memberof standpipe.v1
             * @interface ISocketState
             * @augments standpipe.v1.SocketState.$Properties
             * @deprecated Use standpipe.v1.SocketState.$Properties instead.
             */

            /**
             * Shape of a SocketState.
             * @typedef {standpipe.v1.SocketState.$Properties} standpipe.v1.SocketState.$Shape
             */

            /**
             * Constructs a new SocketState.
             * @memberof standpipe.v1
             * @classdesc Represents a SocketState.
             * @constructor
             * @param {standpipe.v1.SocketState.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var SocketState = function (properties) {
                this.channels = [];
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SocketState id.
             * @member {string} id
             * @memberof standpipe.v1.SocketState
             * @instance
             */
            SocketState.prototype.id = "";

            /**
             * SocketState user.
             * @member {string} user
             * @memberof standpipe.v1.SocketState
             * @instance
             */
            SocketState.prototype.user = "";

            /**
             * SocketState channels.
             * @member {Array.<string>} channels
             * @memberof standpipe.v1.SocketState
             * @instance
             */
            SocketState.prototype.channels = $util.emptyArray;

            /**
             * Encodes the specified SocketState message. Does not implicitly {@link standpipe.v1.SocketState.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.SocketState
             * @static
             * @param {standpipe.v1.SocketState.$Properties} message SocketState message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SocketState.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.id);
                if (message.user != null && $Object.hasOwnProperty.call(message, "user") && message.user !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.user);
                if (message.channels != null && message.channels.length)
                    for (var i = 0; i < message.channels.length; ++i)
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.channels[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SocketState message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.SocketState
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.SocketState & standpipe.v1.SocketState.$Shape} SocketState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SocketState.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.SocketState();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.user = value;
                            else
                                delete message.user;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.channels && message.channels.length))
                                message.channels = [];
                            message.channels.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return SocketState;
        })();

        v1.ChannelState = (function() {

            /**
             * Properties of a ChannelState.
             * @typedef {Object} standpipe.v1.ChannelState.$Properties
             * @property {string|null} [name] ChannelState name
             * @property {number|null} [subscriptions] ChannelState subscriptions
             * @property {Array.<string>|null} [members] ChannelState members
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a ChannelState.
             * @memberof standpipe.v1
             * @interface IChannelState
             * @augments standpipe.v1.ChannelState.$Properties
             * @deprecated Use standpipe.v1.ChannelState.$Properties instead.
             */

            /**
             * Shape of a ChannelState.
             * @typedef {standpipe.v1.ChannelState.$Properties} standpipe.v1.ChannelState.$Shape
             */

            /**
             * Constructs a new ChannelState.
             * @memberof standpipe.v1
             * @classdesc Represents a ChannelState.
             * @constructor
             * @param {standpipe.v1.ChannelState.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var ChannelState = function (properties) {
                this.members = [];
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ChannelState name.
             * @member {string} name
             * @memberof standpipe.v1.ChannelState
             * @instance
             */
            ChannelState.prototype.name = "";

            /**
             * ChannelState subscriptions.
             * @member {number} subscriptions
             * @memberof standpipe.v1.ChannelState
             * @instance
             */
            ChannelState.prototype.subscriptions = 0;

            /**
             * ChannelState members.
             * @member {Array.<string>} members
             * @memberof standpipe.v1.ChannelState
             * @instance
             */
            ChannelState.prototype.members = $util.emptyArray;

            /**
             * Encodes the specified ChannelState message. Does not implicitly {@link standpipe.v1.ChannelState.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.ChannelState
             * @static
             * @param {standpipe.v1.ChannelState.$Properties} message ChannelState message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ChannelState.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.name);
                if (message.subscriptions != null && $Object.hasOwnProperty.call(message, "subscriptions") && message.subscriptions !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.subscriptions);
                if (message.members != null && message.members.length)
                    for (var i = 0; i < message.members.length; ++i)
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.members[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a ChannelState message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.ChannelState
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.ChannelState & standpipe.v1.ChannelState.$Shape} ChannelState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ChannelState.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.ChannelState();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.subscriptions = value;
                            else
                                delete message.subscriptions;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.members && message.members.length))
                                message.members = [];
                            message.members.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return ChannelState;
        })();

        v1.Assign = (function() {

            /**
             * Properties of an Assign.
             * @typedef {Object} standpipe.v1.Assign.$Properties
             * @property {Array.<standpipe.v1.Assignment.$Properties>|null} [assigned] Assign assigned
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Assign.
             * @memberof standpipe.v1
             * @interface IAssign
             * @augments standpipe.v1.Assign.$Properties
             * @deprecated Use standpipe.v1.Assign.$Properties instead.
             */

            /**
             * Shape of an Assign.
             * @typedef {standpipe.v1.Assign.$Properties} standpipe.v1.Assign.$Shape
             */

            /**
             * Constructs a new Assign.
             * @memberof standpipe.v1
             * @classdesc Represents an Assign.
             * @constructor
             * @param {standpipe.v1.Assign.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Assign = function (properties) {
                this.assigned = [];
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Assign assigned.
             * @member {Array.<standpipe.v1.Assignment.$Properties>} assigned
             * @memberof standpipe.v1.Assign
             * @instance
             */
            Assign.prototype.assigned = $util.emptyArray;

            /**
             * Encodes the specified Assign message. Does not implicitly {@link standpipe.v1.Assign.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Assign
             * @static
             * @param {standpipe.v1.Assign.$Properties} message Assign message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Assign.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.assigned != null && message.assigned.length)
                    for (var i = 0; i < message.assigned.length; ++i)
                        $root.standpipe.v1.Assignment.encode(message.assigned[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Assign message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Assign
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Assign & standpipe.v1.Assign.$Shape} Assign
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Assign.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Assign();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.assigned && message.assigned.length))
                                message.assigned = [];
                            message.assigned.push($root.standpipe.v1.Assignment.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Assign;
        })();

        v1.Assignment = (function() {

            /**
             * Properties of an Assignment.
             * @typedef {Object} standpipe.v1.Assignment.$Properties
             * @property {number|null} [partition] Assignment partition
             * @property {number|null} [generation] Assignment generation
             * @property {number|null} [epoch] Assignment epoch
             * @property {number|null} [firstOffset] Assignment firstOffset
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Assignment.
             * @memberof standpipe.v1
             * @interface IAssignment
             * @augments standpipe.v1.Assignment.$Properties
             * @deprecated Use standpipe.v1.Assignment.$Properties instead.
             */

            /**
             * Shape of an Assignment.
             * @typedef {standpipe.v1.Assignment.$Properties} standpipe.v1.Assignment.$Shape
             */

            /**
             * Constructs a new Assignment.
             * @memberof standpipe.v1
             * @classdesc Represents an Assignment.
             * @constructor
             * @param {standpipe.v1.Assignment.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Assignment = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Assignment partition.
             * @member {number} partition
             * @memberof standpipe.v1.Assignment
             * @instance
             */
            Assignment.prototype.partition = 0;

            /**
             * Assignment generation.
             * @member {number} generation
             * @memberof standpipe.v1.Assignment
             * @instance
             */
            Assignment.prototype.generation = 0;

            /**
             * Assignment epoch.
             * @member {number} epoch
             * @memberof standpipe.v1.Assignment
             * @instance
             */
            Assignment.prototype.epoch = 0;

            /**
             * Assignment firstOffset.
             * @member {number} firstOffset
             * @memberof standpipe.v1.Assignment
             * @instance
             */
            Assignment.prototype.firstOffset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Encodes the specified Assignment message. Does not implicitly {@link standpipe.v1.Assignment.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Assignment
             * @static
             * @param {standpipe.v1.Assignment.$Properties} message Assignment message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Assignment.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.partition);
                if (message.generation != null && $Object.hasOwnProperty.call(message, "generation") && message.generation !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.generation);
                if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.epoch);
                if (message.firstOffset != null && $Object.hasOwnProperty.call(message, "firstOffset") && (typeof message.firstOffset === "object" ? message.firstOffset.low || message.firstOffset.high : message.firstOffset !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.firstOffset);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Assignment message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Assignment
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Assignment & standpipe.v1.Assignment.$Shape} Assignment
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Assignment.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Assignment();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.partition = value;
                            else
                                delete message.partition;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.generation = value;
                            else
                                delete message.generation;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.epoch = value;
                            else
                                delete message.epoch;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.firstOffset = value;
                            else
                                delete message.firstOffset;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Assignment;
        })();

        v1.Revoke = (function() {

            /**
             * Properties of a Revoke.
             * @typedef {Object} standpipe.v1.Revoke.$Properties
             * @property {number|null} [partition] Revoke partition
             * @property {number|null} [generation] Revoke generation
             * @property {number|null} [deadlineMs] Revoke deadlineMs
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Revoke.
             * @memberof standpipe.v1
             * @interface IRevoke
             * @augments standpipe.v1.Revoke.$Properties
             * @deprecated Use standpipe.v1.Revoke.$Properties instead.
             */

            /**
             * Shape of a Revoke.
             * @typedef {standpipe.v1.Revoke.$Properties} standpipe.v1.Revoke.$Shape
             */

            /**
             * Constructs a new Revoke.
             * @memberof standpipe.v1
             * @classdesc Represents a Revoke.
             * @constructor
             * @param {standpipe.v1.Revoke.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Revoke = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Revoke partition.
             * @member {number} partition
             * @memberof standpipe.v1.Revoke
             * @instance
             */
            Revoke.prototype.partition = 0;

            /**
             * Revoke generation.
             * @member {number} generation
             * @memberof standpipe.v1.Revoke
             * @instance
             */
            Revoke.prototype.generation = 0;

            /**
             * Revoke deadlineMs.
             * @member {number} deadlineMs
             * @memberof standpipe.v1.Revoke
             * @instance
             */
            Revoke.prototype.deadlineMs = 0;

            /**
             * Encodes the specified Revoke message. Does not implicitly {@link standpipe.v1.Revoke.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Revoke
             * @static
             * @param {standpipe.v1.Revoke.$Properties} message Revoke message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Revoke.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.partition);
                if (message.generation != null && $Object.hasOwnProperty.call(message, "generation") && message.generation !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.generation);
                if (message.deadlineMs != null && $Object.hasOwnProperty.call(message, "deadlineMs") && message.deadlineMs !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.deadlineMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Revoke message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Revoke
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Revoke & standpipe.v1.Revoke.$Shape} Revoke
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Revoke.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Revoke();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.partition = value;
                            else
                                delete message.partition;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.generation = value;
                            else
                                delete message.generation;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.deadlineMs = value;
                            else
                                delete message.deadlineMs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Revoke;
        })();

        v1.Returned = (function() {

            /**
             * Properties of a Returned.
             * @typedef {Object} standpipe.v1.Returned.$Properties
             * @property {standpipe.v1.Position.$Properties|null} [position] Returned position
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Returned.
             * @memberof standpipe.v1
             * @interface IReturned
             * @augments standpipe.v1.Returned.$Properties
             * @deprecated Use standpipe.v1.Returned.$Properties instead.
             */

            /**
             * Shape of a Returned.
             * @typedef {standpipe.v1.Returned.$Properties} standpipe.v1.Returned.$Shape
             */

            /**
             * Constructs a new Returned.
             * @memberof standpipe.v1
             * @classdesc Represents a Returned.
             * @constructor
             * @param {standpipe.v1.Returned.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Returned = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Returned position.
             * @member {standpipe.v1.Position.$Properties|null|undefined} position
             * @memberof standpipe.v1.Returned
             * @instance
             */
            Returned.prototype.position = null;

            /**
             * Encodes the specified Returned message. Does not implicitly {@link standpipe.v1.Returned.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Returned
             * @static
             * @param {standpipe.v1.Returned.$Properties} message Returned message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Returned.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.position != null && $Object.hasOwnProperty.call(message, "position"))
                    $root.standpipe.v1.Position.encode(message.position, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Returned message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Returned
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Returned & standpipe.v1.Returned.$Shape} Returned
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Returned.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Returned();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.position = $root.standpipe.v1.Position.decode(reader, reader.size(), $undefined, _depth + 1, message.position);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Returned;
        })();

        v1.Lost = (function() {

            /**
             * Properties of a Lost.
             * @typedef {Object} standpipe.v1.Lost.$Properties
             * @property {number|null} [partition] Lost partition
             * @property {number|null} [generation] Lost generation
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Lost.
             * @memberof standpipe.v1
             * @interface ILost
             * @augments standpipe.v1.Lost.$Properties
             * @deprecated Use standpipe.v1.Lost.$Properties instead.
             */

            /**
             * Shape of a Lost.
             * @typedef {standpipe.v1.Lost.$Properties} standpipe.v1.Lost.$Shape
             */

            /**
             * Constructs a new Lost.
             * @memberof standpipe.v1
             * @classdesc Represents a Lost.
             * @constructor
             * @param {standpipe.v1.Lost.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Lost = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Lost partition.
             * @member {number} partition
             * @memberof standpipe.v1.Lost
             * @instance
             */
            Lost.prototype.partition = 0;

            /**
             * Lost generation.
             * @member {number} generation
             * @memberof standpipe.v1.Lost
             * @instance
             */
            Lost.prototype.generation = 0;

            /**
             * Encodes the specified Lost message. Does not implicitly {@link standpipe.v1.Lost.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Lost
             * @static
             * @param {standpipe.v1.Lost.$Properties} message Lost message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Lost.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.partition);
                if (message.generation != null && $Object.hasOwnProperty.call(message, "generation") && message.generation !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.generation);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Lost message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Lost
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Lost & standpipe.v1.Lost.$Shape} Lost
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Lost.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Lost();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.partition = value;
                            else
                                delete message.partition;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.generation = value;
                            else
                                delete message.generation;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Lost;
        })();

        v1.Commands = (function() {

            /**
             * Properties of a Commands.
             * @typedef {Object} standpipe.v1.Commands.$Properties
             * @property {Array.<standpipe.v1.Name.$Properties>|null} [names] Commands names
             * @property {number|null} [firstSeq] Commands firstSeq
             * @property {Array.<standpipe.v1.Command.$Properties>|null} [commands] Commands commands
             * @property {standpipe.v1.Ack.$Properties|null} [ack] Commands ack
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Commands.
             * @memberof standpipe.v1
             * @interface ICommands
             * @augments standpipe.v1.Commands.$Properties
             * @deprecated Use standpipe.v1.Commands.$Properties instead.
             */

            /**
             * Shape of a Commands.
             * @typedef {standpipe.v1.Commands.$Properties} standpipe.v1.Commands.$Shape
             */

            /**
             * Constructs a new Commands.
             * @memberof standpipe.v1
             * @classdesc Represents a Commands.
             * @constructor
             * @param {standpipe.v1.Commands.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Commands = function (properties) {
                this.names = [];
                this.commands = [];
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Commands names.
             * @member {Array.<standpipe.v1.Name.$Properties>} names
             * @memberof standpipe.v1.Commands
             * @instance
             */
            Commands.prototype.names = $util.emptyArray;

            /**
             * Commands firstSeq.
             * @member {number} firstSeq
             * @memberof standpipe.v1.Commands
             * @instance
             */
            Commands.prototype.firstSeq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Commands commands.
             * @member {Array.<standpipe.v1.Command.$Properties>} commands
             * @memberof standpipe.v1.Commands
             * @instance
             */
            Commands.prototype.commands = $util.emptyArray;

            /**
             * Commands ack.
             * @member {standpipe.v1.Ack.$Properties|null|undefined} ack
             * @memberof standpipe.v1.Commands
             * @instance
             */
            Commands.prototype.ack = null;

            /**
             * Encodes the specified Commands message. Does not implicitly {@link standpipe.v1.Commands.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Commands
             * @static
             * @param {standpipe.v1.Commands.$Properties} message Commands message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Commands.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.names != null && message.names.length)
                    for (var i = 0; i < message.names.length; ++i)
                        $root.standpipe.v1.Name.encode(message.names[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.firstSeq != null && $Object.hasOwnProperty.call(message, "firstSeq") && (typeof message.firstSeq === "object" ? message.firstSeq.low || message.firstSeq.high : message.firstSeq !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.firstSeq);
                if (message.commands != null && message.commands.length)
                    for (var i = 0; i < message.commands.length; ++i)
                        $root.standpipe.v1.Command.encode(message.commands[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.ack != null && $Object.hasOwnProperty.call(message, "ack"))
                    $root.standpipe.v1.Ack.encode(message.ack, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Commands message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Commands
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Commands & standpipe.v1.Commands.$Shape} Commands
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Commands.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Commands();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.names && message.names.length))
                                message.names = [];
                            message.names.push($root.standpipe.v1.Name.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.firstSeq = value;
                            else
                                delete message.firstSeq;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.commands && message.commands.length))
                                message.commands = [];
                            message.commands.push($root.standpipe.v1.Command.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.ack = $root.standpipe.v1.Ack.decode(reader, reader.size(), $undefined, _depth + 1, message.ack);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Commands;
        })();

        /**
         * Verb enum.
         * @name standpipe.v1.Verb
         * @enum {number}
         * @property {number} VERB_UNSPECIFIED=0 VERB_UNSPECIFIED value
         * @property {number} VERB_TRIGGER_CHANNEL=1 VERB_TRIGGER_CHANNEL value
         * @property {number} VERB_TRIGGER_SOCKET=2 VERB_TRIGGER_SOCKET value
         * @property {number} VERB_TRIGGER_USER=3 VERB_TRIGGER_USER value
         * @property {number} VERB_CLOSE_SOCKET=4 VERB_CLOSE_SOCKET value
         * @property {number} VERB_TERMINATE_USER=5 VERB_TERMINATE_USER value
         * @property {number} VERB_SUBSCRIBE_SOCKET=6 VERB_SUBSCRIBE_SOCKET value
         * @property {number} VERB_UNSUBSCRIBE_SOCKET=7 VERB_UNSUBSCRIBE_SOCKET value
         */
        v1.Verb = (function() {
            var valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "VERB_UNSPECIFIED"] = 0;
            values[valuesById[1] = "VERB_TRIGGER_CHANNEL"] = 1;
            values[valuesById[2] = "VERB_TRIGGER_SOCKET"] = 2;
            values[valuesById[3] = "VERB_TRIGGER_USER"] = 3;
            values[valuesById[4] = "VERB_CLOSE_SOCKET"] = 4;
            values[valuesById[5] = "VERB_TERMINATE_USER"] = 5;
            values[valuesById[6] = "VERB_SUBSCRIBE_SOCKET"] = 6;
            values[valuesById[7] = "VERB_UNSUBSCRIBE_SOCKET"] = 7;
            return values;
        })();

        v1.Command = (function() {

            /**
             * Properties of a Command.
             * @typedef {Object} standpipe.v1.Command.$Properties
             * @property {standpipe.v1.Verb|null} [verb] Command verb
             * @property {number|null} [channel] Command channel
             * @property {string|null} [channelName] Command channelName
             * @property {number|null} [event] Command event
             * @property {string|null} [eventName] Command eventName
             * @property {Uint8Array|null} [data] Command data
             * @property {string|null} [socket] Command socket
             * @property {string|null} [user] Command user
             * @property {Array.<string>|null} [exceptSockets] Command exceptSockets
             * @property {boolean|null} [ifOccupied] Command ifOccupied
             * @property {standpipe.v1.Receipts|null} [receipt] Command receipt
             * @property {standpipe.v1.Origin.$Properties|null} [origin] Command origin
             * @property {string|null} [idempotencyKey] Command idempotencyKey
             * @property {Array.<number>|null} [channels] Command channels
             * @property {number|null} [code] Command code
             * @property {string|null} [reason] Command reason
             * @property {Array.<string>|null} [channelNames] Command channelNames
             * @property {string|null} [trace] Command trace
             * @property {string|null} [latestKey] Command latestKey
             * @property {boolean|null} [volatile] Command volatile
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Command.
             * @memberof standpipe.v1
             * @interface ICommand
             * @augments standpipe.v1.Command.$Properties
             * @deprecated Use standpipe.v1.Command.$Properties instead.
             */

            /**
             * Shape of a Command.
             * @typedef {standpipe.v1.Command.$Properties} standpipe.v1.Command.$Shape
             */

            /**
             * Constructs a new Command.
             * @memberof standpipe.v1
             * @classdesc Represents a Command.
             * @constructor
             * @param {standpipe.v1.Command.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Command = function (properties) {
                this.exceptSockets = [];
                this.channels = [];
                this.channelNames = [];
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Command verb.
             * @member {standpipe.v1.Verb} verb
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.verb = 0;

            /**
             * Command channel.
             * @member {number} channel
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.channel = 0;

            /**
             * Command channelName.
             * @member {string} channelName
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.channelName = "";

            /**
             * Command event.
             * @member {number} event
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.event = 0;

            /**
             * Command eventName.
             * @member {string} eventName
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.eventName = "";

            /**
             * Command data.
             * @member {Uint8Array} data
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.data = $util.newBuffer([]);

            /**
             * Command socket.
             * @member {string} socket
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.socket = "";

            /**
             * Command user.
             * @member {string} user
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.user = "";

            /**
             * Command exceptSockets.
             * @member {Array.<string>} exceptSockets
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.exceptSockets = $util.emptyArray;

            /**
             * Command ifOccupied.
             * @member {boolean} ifOccupied
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.ifOccupied = false;

            /**
             * Command receipt.
             * @member {standpipe.v1.Receipts} receipt
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.receipt = 0;

            /**
             * Command origin.
             * @member {standpipe.v1.Origin.$Properties|null|undefined} origin
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.origin = null;

            /**
             * Command idempotencyKey.
             * @member {string} idempotencyKey
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.idempotencyKey = "";

            /**
             * Command channels.
             * @member {Array.<number>} channels
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.channels = $util.emptyArray;

            /**
             * Command code.
             * @member {number|null|undefined} code
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.code = null;

            /**
             * Command reason.
             * @member {string} reason
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.reason = "";

            /**
             * Command channelNames.
             * @member {Array.<string>} channelNames
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.channelNames = $util.emptyArray;

            /**
             * Command trace.
             * @member {string} trace
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.trace = "";

            /**
             * Command latestKey.
             * @member {string} latestKey
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.latestKey = "";

            /**
             * Command volatile.
             * @member {boolean} volatile
             * @memberof standpipe.v1.Command
             * @instance
             */
            Command.prototype.volatile = false;

            // OneOf field names bound to virtual getters and setters
            var $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Command.prototype, "_code", {
                get: $util.oneOfGetter($oneOfFields = ["code"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified Command message. Does not implicitly {@link standpipe.v1.Command.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Command
             * @static
             * @param {standpipe.v1.Command.$Properties} message Command message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Command.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.verb != null && $Object.hasOwnProperty.call(message, "verb") && message.verb !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).int32(message.verb);
                if (message.channel != null && $Object.hasOwnProperty.call(message, "channel") && message.channel !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.channel);
                if (message.channelName != null && $Object.hasOwnProperty.call(message, "channelName") && message.channelName !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.channelName);
                if (message.event != null && $Object.hasOwnProperty.call(message, "event") && message.event !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.event);
                if (message.eventName != null && $Object.hasOwnProperty.call(message, "eventName") && message.eventName !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.eventName);
                if (message.data != null && $Object.hasOwnProperty.call(message, "data") && message.data.length)
                    writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.data);
                if (message.socket != null && $Object.hasOwnProperty.call(message, "socket") && message.socket !== "")
                    writer.uint32(/* id 7, wireType 2 =*/58).string(message.socket);
                if (message.user != null && $Object.hasOwnProperty.call(message, "user") && message.user !== "")
                    writer.uint32(/* id 8, wireType 2 =*/66).string(message.user);
                if (message.exceptSockets != null && message.exceptSockets.length)
                    for (var i = 0; i < message.exceptSockets.length; ++i)
                        writer.uint32(/* id 9, wireType 2 =*/74).string(message.exceptSockets[i]);
                if (message.ifOccupied != null && $Object.hasOwnProperty.call(message, "ifOccupied") && message.ifOccupied !== false)
                    writer.uint32(/* id 10, wireType 0 =*/80).bool(message.ifOccupied);
                if (message.receipt != null && $Object.hasOwnProperty.call(message, "receipt") && message.receipt !== 0)
                    writer.uint32(/* id 11, wireType 0 =*/88).int32(message.receipt);
                if (message.origin != null && $Object.hasOwnProperty.call(message, "origin"))
                    $root.standpipe.v1.Origin.encode(message.origin, writer.uint32(/* id 12, wireType 2 =*/98).fork(), _depth + 1).ldelim();
                if (message.idempotencyKey != null && $Object.hasOwnProperty.call(message, "idempotencyKey") && message.idempotencyKey !== "")
                    writer.uint32(/* id 13, wireType 2 =*/106).string(message.idempotencyKey);
                if (message.channels != null && message.channels.length)
                    writer.uint32(/* id 14, wireType 2 =*/114).uint32s(message.channels);
                if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                    writer.uint32(/* id 15, wireType 0 =*/120).uint32(message.code);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 16, wireType 2 =*/130).string(message.reason);
                if (message.channelNames != null && message.channelNames.length)
                    for (var i = 0; i < message.channelNames.length; ++i)
                        writer.uint32(/* id 17, wireType 2 =*/138).string(message.channelNames[i]);
                if (message.trace != null && $Object.hasOwnProperty.call(message, "trace") && message.trace !== "")
                    writer.uint32(/* id 18, wireType 2 =*/146).string(message.trace);
                if (message.latestKey != null && $Object.hasOwnProperty.call(message, "latestKey") && message.latestKey !== "")
                    writer.uint32(/* id 19, wireType 2 =*/154).string(message.latestKey);
                if (message.volatile != null && $Object.hasOwnProperty.call(message, "volatile") && message.volatile !== false)
                    writer.uint32(/* id 20, wireType 0 =*/160).bool(message.volatile);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Command message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Command
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Command & standpipe.v1.Command.$Shape} Command
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Command.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Command();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.verb = value;
                            else
                                delete message.verb;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.channel = value;
                            else
                                delete message.channel;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.channelName = value;
                            else
                                delete message.channelName;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.event = value;
                            else
                                delete message.event;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.eventName = value;
                            else
                                delete message.eventName;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.data = value;
                            else
                                delete message.data;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.socket = value;
                            else
                                delete message.socket;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.user = value;
                            else
                                delete message.user;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if (!(message.exceptSockets && message.exceptSockets.length))
                                message.exceptSockets = [];
                            message.exceptSockets.push(reader.stringVerify());
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.ifOccupied = value;
                            else
                                delete message.ifOccupied;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.receipt = value;
                            else
                                delete message.receipt;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            message.origin = $root.standpipe.v1.Origin.decode(reader, reader.size(), $undefined, _depth + 1, message.origin);
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.idempotencyKey = value;
                            else
                                delete message.idempotencyKey;
                            continue;
                        }
                    case 14: {
                            if (wireType === 2) {
                                if (!(message.channels && message.channels.length))
                                    message.channels = [];
                                reader.uint32s(message.channels);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.channels && message.channels.length))
                                message.channels = [];
                            message.channels.push(reader.uint32());
                            continue;
                        }
                    case 15: {
                            if (wireType !== 0)
                                break;
                            message.code = reader.uint32();
                            message._code = "code";
                            continue;
                        }
                    case 16: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    case 17: {
                            if (wireType !== 2)
                                break;
                            if (!(message.channelNames && message.channelNames.length))
                                message.channelNames = [];
                            message.channelNames.push(reader.stringVerify());
                            continue;
                        }
                    case 18: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.trace = value;
                            else
                                delete message.trace;
                            continue;
                        }
                    case 19: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.latestKey = value;
                            else
                                delete message.latestKey;
                            continue;
                        }
                    case 20: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.volatile = value;
                            else
                                delete message.volatile;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Command;
        })();

        /**
         * Receipts enum.
         * @name standpipe.v1.Receipts
         * @enum {number}
         * @property {number} RECEIPTS_UNSPECIFIED=0 RECEIPTS_UNSPECIFIED value
         * @property {number} RECEIPTS_ACCEPTED=1 RECEIPTS_ACCEPTED value
         * @property {number} RECEIPTS_DELIVERED=2 RECEIPTS_DELIVERED value
         */
        v1.Receipts = (function() {
            var valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "RECEIPTS_UNSPECIFIED"] = 0;
            values[valuesById[1] = "RECEIPTS_ACCEPTED"] = 1;
            values[valuesById[2] = "RECEIPTS_DELIVERED"] = 2;
            return values;
        })();

        v1.Origin = (function() {

            /**
             * Properties of an Origin.
             * @typedef {Object} standpipe.v1.Origin.$Properties
             * @property {number|null} [partition] Origin partition
             * @property {number|null} [generation] Origin generation
             * @property {number|null} [offset] Origin offset
             * @property {number|null} [index] Origin index
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Origin.
             * @memberof standpipe.v1
             * @interface IOrigin
             * @augments standpipe.v1.Origin.$Properties
             * @deprecated Use standpipe.v1.Origin.$Properties instead.
             */

            /**
             * Shape of an Origin.
             * @typedef {standpipe.v1.Origin.$Properties} standpipe.v1.Origin.$Shape
             */

            /**
             * Constructs a new Origin.
             * @memberof standpipe.v1
             * @classdesc Represents an Origin.
             * @constructor
             * @param {standpipe.v1.Origin.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Origin = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Origin partition.
             * @member {number} partition
             * @memberof standpipe.v1.Origin
             * @instance
             */
            Origin.prototype.partition = 0;

            /**
             * Origin generation.
             * @member {number} generation
             * @memberof standpipe.v1.Origin
             * @instance
             */
            Origin.prototype.generation = 0;

            /**
             * Origin offset.
             * @member {number} offset
             * @memberof standpipe.v1.Origin
             * @instance
             */
            Origin.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Origin index.
             * @member {number} index
             * @memberof standpipe.v1.Origin
             * @instance
             */
            Origin.prototype.index = 0;

            /**
             * Encodes the specified Origin message. Does not implicitly {@link standpipe.v1.Origin.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Origin
             * @static
             * @param {standpipe.v1.Origin.$Properties} message Origin message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Origin.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.partition);
                if (message.generation != null && $Object.hasOwnProperty.call(message, "generation") && message.generation !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.generation);
                if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.offset);
                if (message.index != null && $Object.hasOwnProperty.call(message, "index") && message.index !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.index);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Origin message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Origin
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Origin & standpipe.v1.Origin.$Shape} Origin
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Origin.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Origin();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.partition = value;
                            else
                                delete message.partition;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.generation = value;
                            else
                                delete message.generation;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.offset = value;
                            else
                                delete message.offset;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.index = value;
                            else
                                delete message.index;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Origin;
        })();

        v1.CommandAck = (function() {

            /**
             * Properties of a CommandAck.
             * @typedef {Object} standpipe.v1.CommandAck.$Properties
             * @property {number|null} [applied] CommandAck applied
             * @property {Array.<standpipe.v1.Refusal.$Properties>|null} [refused] CommandAck refused
             * @property {Array.<standpipe.v1.Receipt.$Properties>|null} [receipts] CommandAck receipts
             * @property {standpipe.v1.Credit.$Properties|null} [credit] CommandAck credit
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a CommandAck.
             * @memberof standpipe.v1
             * @interface ICommandAck
             * @augments standpipe.v1.CommandAck.$Properties
             * @deprecated Use standpipe.v1.CommandAck.$Properties instead.
             */

            /**
             * Shape of a CommandAck.
             * @typedef {standpipe.v1.CommandAck.$Properties} standpipe.v1.CommandAck.$Shape
             */

            /**
             * Constructs a new CommandAck.
             * @memberof standpipe.v1
             * @classdesc Represents a CommandAck.
             * @constructor
             * @param {standpipe.v1.CommandAck.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var CommandAck = function (properties) {
                this.refused = [];
                this.receipts = [];
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * CommandAck applied.
             * @member {number} applied
             * @memberof standpipe.v1.CommandAck
             * @instance
             */
            CommandAck.prototype.applied = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * CommandAck refused.
             * @member {Array.<standpipe.v1.Refusal.$Properties>} refused
             * @memberof standpipe.v1.CommandAck
             * @instance
             */
            CommandAck.prototype.refused = $util.emptyArray;

            /**
             * CommandAck receipts.
             * @member {Array.<standpipe.v1.Receipt.$Properties>} receipts
             * @memberof standpipe.v1.CommandAck
             * @instance
             */
            CommandAck.prototype.receipts = $util.emptyArray;

            /**
             * CommandAck credit.
             * @member {standpipe.v1.Credit.$Properties|null|undefined} credit
             * @memberof standpipe.v1.CommandAck
             * @instance
             */
            CommandAck.prototype.credit = null;

            /**
             * Encodes the specified CommandAck message. Does not implicitly {@link standpipe.v1.CommandAck.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.CommandAck
             * @static
             * @param {standpipe.v1.CommandAck.$Properties} message CommandAck message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            CommandAck.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.applied != null && $Object.hasOwnProperty.call(message, "applied") && (typeof message.applied === "object" ? message.applied.low || message.applied.high : message.applied !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.applied);
                if (message.refused != null && message.refused.length)
                    for (var i = 0; i < message.refused.length; ++i)
                        $root.standpipe.v1.Refusal.encode(message.refused[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.receipts != null && message.receipts.length)
                    for (var i = 0; i < message.receipts.length; ++i)
                        $root.standpipe.v1.Receipt.encode(message.receipts[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.credit != null && $Object.hasOwnProperty.call(message, "credit"))
                    $root.standpipe.v1.Credit.encode(message.credit, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a CommandAck message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.CommandAck
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.CommandAck & standpipe.v1.CommandAck.$Shape} CommandAck
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            CommandAck.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.CommandAck();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.applied = value;
                            else
                                delete message.applied;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.refused && message.refused.length))
                                message.refused = [];
                            message.refused.push($root.standpipe.v1.Refusal.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.receipts && message.receipts.length))
                                message.receipts = [];
                            message.receipts.push($root.standpipe.v1.Receipt.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.credit = $root.standpipe.v1.Credit.decode(reader, reader.size(), $undefined, _depth + 1, message.credit);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return CommandAck;
        })();

        v1.Refusal = (function() {

            /**
             * Properties of a Refusal.
             * @typedef {Object} standpipe.v1.Refusal.$Properties
             * @property {number|null} [seq] Refusal seq
             * @property {number|null} [code] Refusal code
             * @property {string|null} [message] Refusal message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Refusal.
             * @memberof standpipe.v1
             * @interface IRefusal
             * @augments standpipe.v1.Refusal.$Properties
             * @deprecated Use standpipe.v1.Refusal.$Properties instead.
             */

            /**
             * Shape of a Refusal.
             * @typedef {standpipe.v1.Refusal.$Properties} standpipe.v1.Refusal.$Shape
             */

            /**
             * Constructs a new Refusal.
             * @memberof standpipe.v1
             * @classdesc Represents a Refusal.
             * @constructor
             * @param {standpipe.v1.Refusal.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Refusal = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Refusal seq.
             * @member {number} seq
             * @memberof standpipe.v1.Refusal
             * @instance
             */
            Refusal.prototype.seq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Refusal code.
             * @member {number} code
             * @memberof standpipe.v1.Refusal
             * @instance
             */
            Refusal.prototype.code = 0;

            /**
             * Refusal message.
             * @member {string} message
             * @memberof standpipe.v1.Refusal
             * @instance
             */
            Refusal.prototype.message = "";

            /**
             * Encodes the specified Refusal message. Does not implicitly {@link standpipe.v1.Refusal.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Refusal
             * @static
             * @param {standpipe.v1.Refusal.$Properties} message Refusal message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Refusal.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && (typeof message.seq === "object" ? message.seq.low || message.seq.high : message.seq !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.seq);
                if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.code);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.message);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Refusal message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Refusal
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Refusal & standpipe.v1.Refusal.$Shape} Refusal
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Refusal.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Refusal();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.seq = value;
                            else
                                delete message.seq;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.code = value;
                            else
                                delete message.code;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Refusal;
        })();

        v1.Receipt = (function() {

            /**
             * Properties of a Receipt.
             * @typedef {Object} standpipe.v1.Receipt.$Properties
             * @property {number|null} [seq] Receipt seq
             * @property {number|null} [sockets] Receipt sockets
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Receipt.
             * @memberof standpipe.v1
             * @interface IReceipt
             * @augments standpipe.v1.Receipt.$Properties
             * @deprecated Use standpipe.v1.Receipt.$Properties instead.
             */

            /**
             * Shape of a Receipt.
             * @typedef {standpipe.v1.Receipt.$Properties} standpipe.v1.Receipt.$Shape
             */

            /**
             * Constructs a new Receipt.
             * @memberof standpipe.v1
             * @classdesc Represents a Receipt.
             * @constructor
             * @param {standpipe.v1.Receipt.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Receipt = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Receipt seq.
             * @member {number} seq
             * @memberof standpipe.v1.Receipt
             * @instance
             */
            Receipt.prototype.seq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Receipt sockets.
             * @member {number} sockets
             * @memberof standpipe.v1.Receipt
             * @instance
             */
            Receipt.prototype.sockets = 0;

            /**
             * Encodes the specified Receipt message. Does not implicitly {@link standpipe.v1.Receipt.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Receipt
             * @static
             * @param {standpipe.v1.Receipt.$Properties} message Receipt message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Receipt.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.seq != null && $Object.hasOwnProperty.call(message, "seq") && (typeof message.seq === "object" ? message.seq.low || message.seq.high : message.seq !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.seq);
                if (message.sockets != null && $Object.hasOwnProperty.call(message, "sockets") && message.sockets !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.sockets);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Receipt message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Receipt
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Receipt & standpipe.v1.Receipt.$Shape} Receipt
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Receipt.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Receipt();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.seq = value;
                            else
                                delete message.seq;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.sockets = value;
                            else
                                delete message.sockets;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Receipt;
        })();

        v1.Subscribe = (function() {

            /**
             * Properties of a Subscribe.
             * @typedef {Object} standpipe.v1.Subscribe.$Properties
             * @property {number|null} [id] Subscribe id
             * @property {Array.<standpipe.v1.Rule.$Properties>|null} [rules] Subscribe rules
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Subscribe.
             * @memberof standpipe.v1
             * @interface ISubscribe
             * @augments standpipe.v1.Subscribe.$Properties
             * @deprecated Use standpipe.v1.Subscribe.$Properties instead.
             */

            /**
             * Shape of a Subscribe.
             * @typedef {standpipe.v1.Subscribe.$Properties} standpipe.v1.Subscribe.$Shape
             */

            /**
             * Constructs a new Subscribe.
             * @memberof standpipe.v1
             * @classdesc Represents a Subscribe.
             * @constructor
             * @param {standpipe.v1.Subscribe.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Subscribe = function (properties) {
                this.rules = [];
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Subscribe id.
             * @member {number} id
             * @memberof standpipe.v1.Subscribe
             * @instance
             */
            Subscribe.prototype.id = 0;

            /**
             * Subscribe rules.
             * @member {Array.<standpipe.v1.Rule.$Properties>} rules
             * @memberof standpipe.v1.Subscribe
             * @instance
             */
            Subscribe.prototype.rules = $util.emptyArray;

            /**
             * Encodes the specified Subscribe message. Does not implicitly {@link standpipe.v1.Subscribe.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Subscribe
             * @static
             * @param {standpipe.v1.Subscribe.$Properties} message Subscribe message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Subscribe.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.id);
                if (message.rules != null && message.rules.length)
                    for (var i = 0; i < message.rules.length; ++i)
                        $root.standpipe.v1.Rule.encode(message.rules[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Subscribe message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Subscribe
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Subscribe & standpipe.v1.Subscribe.$Shape} Subscribe
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Subscribe.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Subscribe();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.rules && message.rules.length))
                                message.rules = [];
                            message.rules.push($root.standpipe.v1.Rule.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Subscribe;
        })();

        v1.Subscribed = (function() {

            /**
             * Properties of a Subscribed.
             * @typedef {Object} standpipe.v1.Subscribed.$Properties
             * @property {number|null} [id] Subscribed id
             * @property {standpipe.v1.Error.$Properties|null} [error] Subscribed error
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Subscribed.
             * @memberof standpipe.v1
             * @interface ISubscribed
             * @augments standpipe.v1.Subscribed.$Properties
             * @deprecated Use standpipe.v1.Subscribed.$Properties instead.
             */

            /**
             * Shape of a Subscribed.
             * @typedef {standpipe.v1.Subscribed.$Properties} standpipe.v1.Subscribed.$Shape
             */

            /**
             * Constructs a new Subscribed.
             * @memberof standpipe.v1
             * @classdesc Represents a Subscribed.
             * @constructor
             * @param {standpipe.v1.Subscribed.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Subscribed = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Subscribed id.
             * @member {number} id
             * @memberof standpipe.v1.Subscribed
             * @instance
             */
            Subscribed.prototype.id = 0;

            /**
             * Subscribed error.
             * @member {standpipe.v1.Error.$Properties|null|undefined} error
             * @memberof standpipe.v1.Subscribed
             * @instance
             */
            Subscribed.prototype.error = null;

            /**
             * Encodes the specified Subscribed message. Does not implicitly {@link standpipe.v1.Subscribed.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Subscribed
             * @static
             * @param {standpipe.v1.Subscribed.$Properties} message Subscribed message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Subscribed.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.id);
                if (message.error != null && $Object.hasOwnProperty.call(message, "error"))
                    $root.standpipe.v1.Error.encode(message.error, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Subscribed message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Subscribed
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Subscribed & standpipe.v1.Subscribed.$Shape} Subscribed
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Subscribed.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Subscribed();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.error = $root.standpipe.v1.Error.decode(reader, reader.size(), $undefined, _depth + 1, message.error);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Subscribed;
        })();

        v1.Query = (function() {

            /**
             * Properties of a Query.
             * @typedef {Object} standpipe.v1.Query.$Properties
             * @property {number|null} [id] Query id
             * @property {string|null} [method] Query method
             * @property {Uint8Array|null} [params] Query params
             * @property {number|null} [deadlineMs] Query deadlineMs
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Query.
             * @memberof standpipe.v1
             * @interface IQuery
             * @augments standpipe.v1.Query.$Properties
             * @deprecated Use standpipe.v1.Query.$Properties instead.
             */

            /**
             * Shape of a Query.
             * @typedef {standpipe.v1.Query.$Properties} standpipe.v1.Query.$Shape
             */

            /**
             * Constructs a new Query.
             * @memberof standpipe.v1
             * @classdesc Represents a Query.
             * @constructor
             * @param {standpipe.v1.Query.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Query = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Query id.
             * @member {number} id
             * @memberof standpipe.v1.Query
             * @instance
             */
            Query.prototype.id = 0;

            /**
             * Query method.
             * @member {string} method
             * @memberof standpipe.v1.Query
             * @instance
             */
            Query.prototype.method = "";

            /**
             * Query params.
             * @member {Uint8Array} params
             * @memberof standpipe.v1.Query
             * @instance
             */
            Query.prototype.params = $util.newBuffer([]);

            /**
             * Query deadlineMs.
             * @member {number} deadlineMs
             * @memberof standpipe.v1.Query
             * @instance
             */
            Query.prototype.deadlineMs = 0;

            /**
             * Encodes the specified Query message. Does not implicitly {@link standpipe.v1.Query.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Query
             * @static
             * @param {standpipe.v1.Query.$Properties} message Query message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Query.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.id);
                if (message.method != null && $Object.hasOwnProperty.call(message, "method") && message.method !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.method);
                if (message.params != null && $Object.hasOwnProperty.call(message, "params") && message.params.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.params);
                if (message.deadlineMs != null && $Object.hasOwnProperty.call(message, "deadlineMs") && message.deadlineMs !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.deadlineMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Query message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Query
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Query & standpipe.v1.Query.$Shape} Query
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Query.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Query();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.method = value;
                            else
                                delete message.method;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.params = value;
                            else
                                delete message.params;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.deadlineMs = value;
                            else
                                delete message.deadlineMs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Query;
        })();

        v1.Reply = (function() {

            /**
             * Properties of a Reply.
             * @typedef {Object} standpipe.v1.Reply.$Properties
             * @property {number|null} [id] Reply id
             * @property {Uint8Array|null} [result] Reply result
             * @property {standpipe.v1.Error.$Properties|null} [error] Reply error
             * @property {Array.<standpipe.v1.Position.$Properties>|null} [asOf] Reply asOf
             * @property {boolean|null} [more] Reply more
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Reply.
             * @memberof standpipe.v1
             * @interface IReply
             * @augments standpipe.v1.Reply.$Properties
             * @deprecated Use standpipe.v1.Reply.$Properties instead.
             */

            /**
             * Shape of a Reply.
             * @typedef {standpipe.v1.Reply.$Properties} standpipe.v1.Reply.$Shape
             */

            /**
             * Constructs a new Reply.
             * @memberof standpipe.v1
             * @classdesc Represents a Reply.
             * @constructor
             * @param {standpipe.v1.Reply.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Reply = function (properties) {
                this.asOf = [];
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Reply id.
             * @member {number} id
             * @memberof standpipe.v1.Reply
             * @instance
             */
            Reply.prototype.id = 0;

            /**
             * Reply result.
             * @member {Uint8Array} result
             * @memberof standpipe.v1.Reply
             * @instance
             */
            Reply.prototype.result = $util.newBuffer([]);

            /**
             * Reply error.
             * @member {standpipe.v1.Error.$Properties|null|undefined} error
             * @memberof standpipe.v1.Reply
             * @instance
             */
            Reply.prototype.error = null;

            /**
             * Reply asOf.
             * @member {Array.<standpipe.v1.Position.$Properties>} asOf
             * @memberof standpipe.v1.Reply
             * @instance
             */
            Reply.prototype.asOf = $util.emptyArray;

            /**
             * Reply more.
             * @member {boolean} more
             * @memberof standpipe.v1.Reply
             * @instance
             */
            Reply.prototype.more = false;

            /**
             * Encodes the specified Reply message. Does not implicitly {@link standpipe.v1.Reply.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Reply
             * @static
             * @param {standpipe.v1.Reply.$Properties} message Reply message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Reply.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.id);
                if (message.result != null && $Object.hasOwnProperty.call(message, "result") && message.result.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.result);
                if (message.error != null && $Object.hasOwnProperty.call(message, "error"))
                    $root.standpipe.v1.Error.encode(message.error, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.asOf != null && message.asOf.length)
                    for (var i = 0; i < message.asOf.length; ++i)
                        $root.standpipe.v1.Position.encode(message.asOf[i], writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.more != null && $Object.hasOwnProperty.call(message, "more") && message.more !== false)
                    writer.uint32(/* id 5, wireType 0 =*/40).bool(message.more);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Reply message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Reply
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Reply & standpipe.v1.Reply.$Shape} Reply
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Reply.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Reply();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.result = value;
                            else
                                delete message.result;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.error = $root.standpipe.v1.Error.decode(reader, reader.size(), $undefined, _depth + 1, message.error);
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if (!(message.asOf && message.asOf.length))
                                message.asOf = [];
                            message.asOf.push($root.standpipe.v1.Position.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.more = value;
                            else
                                delete message.more;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Reply;
        })();

        v1.Ping = (function() {

            /**
             * Properties of a Ping.
             * @typedef {Object} standpipe.v1.Ping.$Properties
             * @property {number|null} [time] Ping time
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Ping.
             * @memberof standpipe.v1
             * @interface IPing
             * @augments standpipe.v1.Ping.$Properties
             * @deprecated Use standpipe.v1.Ping.$Properties instead.
             */

            /**
             * Shape of a Ping.
             * @typedef {standpipe.v1.Ping.$Properties} standpipe.v1.Ping.$Shape
             */

            /**
             * Constructs a new Ping.
             * @memberof standpipe.v1
             * @classdesc Represents a Ping.
             * @constructor
             * @param {standpipe.v1.Ping.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Ping = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Ping time.
             * @member {number} time
             * @memberof standpipe.v1.Ping
             * @instance
             */
            Ping.prototype.time = 0;

            /**
             * Encodes the specified Ping message. Does not implicitly {@link standpipe.v1.Ping.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Ping
             * @static
             * @param {standpipe.v1.Ping.$Properties} message Ping message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Ping.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.time != null && $Object.hasOwnProperty.call(message, "time") && !$Object.is(message.time, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.time);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Ping message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Ping
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Ping & standpipe.v1.Ping.$Shape} Ping
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Ping.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Ping();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.time = value;
                            else
                                delete message.time;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Ping;
        })();

        v1.Pong = (function() {

            /**
             * Properties of a Pong.
             * @typedef {Object} standpipe.v1.Pong.$Properties
             * @property {number|null} [time] Pong time
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Pong.
             * @memberof standpipe.v1
             * @interface IPong
             * @augments standpipe.v1.Pong.$Properties
             * @deprecated Use standpipe.v1.Pong.$Properties instead.
             */

            /**
             * Shape of a Pong.
             * @typedef {standpipe.v1.Pong.$Properties} standpipe.v1.Pong.$Shape
             */

            /**
             * Constructs a new Pong.
             * @memberof standpipe.v1
             * @classdesc Represents a Pong.
             * @constructor
             * @param {standpipe.v1.Pong.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Pong = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Pong time.
             * @member {number} time
             * @memberof standpipe.v1.Pong
             * @instance
             */
            Pong.prototype.time = 0;

            /**
             * Encodes the specified Pong message. Does not implicitly {@link standpipe.v1.Pong.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Pong
             * @static
             * @param {standpipe.v1.Pong.$Properties} message Pong message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Pong.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.time != null && $Object.hasOwnProperty.call(message, "time") && !$Object.is(message.time, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.time);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Pong message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Pong
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Pong & standpipe.v1.Pong.$Shape} Pong
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Pong.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Pong();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.time = value;
                            else
                                delete message.time;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Pong;
        })();

        v1.GoAway = (function() {

            /**
             * Properties of a GoAway.
             * @typedef {Object} standpipe.v1.GoAway.$Properties
             * @property {number|null} [deadlineMs] GoAway deadlineMs
             * @property {string|null} [reason] GoAway reason
             * @property {Array.<string>|null} [nodes] GoAway nodes
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a GoAway.
             * @memberof standpipe.v1
             * @interface IGoAway
             * @augments standpipe.v1.GoAway.$Properties
             * @deprecated Use standpipe.v1.GoAway.$Properties instead.
             */

            /**
             * Shape of a GoAway.
             * @typedef {standpipe.v1.GoAway.$Properties} standpipe.v1.GoAway.$Shape
             */

            /**
             * Constructs a new GoAway.
             * @memberof standpipe.v1
             * @classdesc Represents a GoAway.
             * @constructor
             * @param {standpipe.v1.GoAway.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var GoAway = function (properties) {
                this.nodes = [];
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * GoAway deadlineMs.
             * @member {number} deadlineMs
             * @memberof standpipe.v1.GoAway
             * @instance
             */
            GoAway.prototype.deadlineMs = 0;

            /**
             * GoAway reason.
             * @member {string} reason
             * @memberof standpipe.v1.GoAway
             * @instance
             */
            GoAway.prototype.reason = "";

            /**
             * GoAway nodes.
             * @member {Array.<string>} nodes
             * @memberof standpipe.v1.GoAway
             * @instance
             */
            GoAway.prototype.nodes = $util.emptyArray;

            /**
             * Encodes the specified GoAway message. Does not implicitly {@link standpipe.v1.GoAway.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.GoAway
             * @static
             * @param {standpipe.v1.GoAway.$Properties} message GoAway message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            GoAway.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.deadlineMs != null && $Object.hasOwnProperty.call(message, "deadlineMs") && message.deadlineMs !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.deadlineMs);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.reason);
                if (message.nodes != null && message.nodes.length)
                    for (var i = 0; i < message.nodes.length; ++i)
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.nodes[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a GoAway message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.GoAway
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.GoAway & standpipe.v1.GoAway.$Shape} GoAway
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            GoAway.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.GoAway();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.deadlineMs = value;
                            else
                                delete message.deadlineMs;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.nodes && message.nodes.length))
                                message.nodes = [];
                            message.nodes.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return GoAway;
        })();

        v1.Bye = (function() {

            /**
             * Properties of a Bye.
             * @typedef {Object} standpipe.v1.Bye.$Properties
             * @property {string|null} [reason] Bye reason
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Bye.
             * @memberof standpipe.v1
             * @interface IBye
             * @augments standpipe.v1.Bye.$Properties
             * @deprecated Use standpipe.v1.Bye.$Properties instead.
             */

            /**
             * Shape of a Bye.
             * @typedef {standpipe.v1.Bye.$Properties} standpipe.v1.Bye.$Shape
             */

            /**
             * Constructs a new Bye.
             * @memberof standpipe.v1
             * @classdesc Represents a Bye.
             * @constructor
             * @param {standpipe.v1.Bye.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Bye = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Bye reason.
             * @member {string} reason
             * @memberof standpipe.v1.Bye
             * @instance
             */
            Bye.prototype.reason = "";

            /**
             * Encodes the specified Bye message. Does not implicitly {@link standpipe.v1.Bye.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Bye
             * @static
             * @param {standpipe.v1.Bye.$Properties} message Bye message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Bye.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.reason);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Bye message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Bye
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Bye & standpipe.v1.Bye.$Shape} Bye
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Bye.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Bye();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Bye;
        })();

        v1.Error = (function() {

            /**
             * Properties of an Error.
             * @typedef {Object} standpipe.v1.Error.$Properties
             * @property {number|null} [code] Error code
             * @property {string|null} [message] Error message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Error.
             * @memberof standpipe.v1
             * @interface IError
             * @augments standpipe.v1.Error.$Properties
             * @deprecated Use standpipe.v1.Error.$Properties instead.
             */

            /**
             * Shape of an Error.
             * @typedef {standpipe.v1.Error.$Properties} standpipe.v1.Error.$Shape
             */

            /**
             * Constructs a new Error.
             * @memberof standpipe.v1
             * @classdesc Represents an Error.
             * @constructor
             * @param {standpipe.v1.Error.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            var Error = function (properties) {
                if (properties)
                    for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Error code.
             * @member {number} code
             * @memberof standpipe.v1.Error
             * @instance
             */
            Error.prototype.code = 0;

            /**
             * Error message.
             * @member {string} message
             * @memberof standpipe.v1.Error
             * @instance
             */
            Error.prototype.message = "";

            /**
             * Encodes the specified Error message. Does not implicitly {@link standpipe.v1.Error.verify|verify} messages.
             * @function encode
             * @memberof standpipe.v1.Error
             * @static
             * @param {standpipe.v1.Error.$Properties} message Error message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Error.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.code);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.message);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (var i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Error message from the specified reader or buffer.
             * @function decode
             * @memberof standpipe.v1.Error
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {standpipe.v1.Error & standpipe.v1.Error.$Shape} Error
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Error.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                var end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.standpipe.v1.Error();
                while (reader.pos < end) {
                    var start = reader.pos;
                    var tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    var wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.code = value;
                            else
                                delete message.code;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Error;
        })();

        return v1;
    })();

    return standpipe;
})();

module.exports = $root;
