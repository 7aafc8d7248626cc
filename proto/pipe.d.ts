import * as $protobuf from "protobufjs/minimal";
import Long = require("long");

/** Namespace standpipe. */
export namespace standpipe {

    /** Namespace v1. */
    namespace v1 {

        /**
         * Properties of a Frame.
         * @deprecated Use standpipe.v1.Frame.$Properties instead.
         */
        interface IFrame extends standpipe.v1.Frame.$Properties {
        }

        /** Represents a Frame. */
        class Frame {

            /**
             * Constructs a new Frame.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Frame.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Frame hello. */
            hello?: (standpipe.v1.Hello.$Properties|null);

            /** Frame welcome. */
            welcome?: (standpipe.v1.Welcome.$Properties|null);

            /** Frame events. */
            events?: (standpipe.v1.Events.$Properties|null);

            /** Frame ack. */
            ack?: (standpipe.v1.Ack.$Properties|null);

            /** Frame commands. */
            commands?: (standpipe.v1.Commands.$Properties|null);

            /** Frame commandAck. */
            commandAck?: (standpipe.v1.CommandAck.$Properties|null);

            /** Frame subscribe. */
            subscribe?: (standpipe.v1.Subscribe.$Properties|null);

            /** Frame subscribed. */
            subscribed?: (standpipe.v1.Subscribed.$Properties|null);

            /** Frame gap. */
            gap?: (standpipe.v1.Gap.$Properties|null);

            /** Frame snapshot. */
            snapshot?: (standpipe.v1.Snapshot.$Properties|null);

            /** Frame assign. */
            assign?: (standpipe.v1.Assign.$Properties|null);

            /** Frame revoke. */
            revoke?: (standpipe.v1.Revoke.$Properties|null);

            /** Frame returned. */
            returned?: (standpipe.v1.Returned.$Properties|null);

            /** Frame query. */
            query?: (standpipe.v1.Query.$Properties|null);

            /** Frame reply. */
            reply?: (standpipe.v1.Reply.$Properties|null);

            /** Frame ping. */
            ping?: (standpipe.v1.Ping.$Properties|null);

            /** Frame pong. */
            pong?: (standpipe.v1.Pong.$Properties|null);

            /** Frame goAway. */
            goAway?: (standpipe.v1.GoAway.$Properties|null);

            /** Frame bye. */
            bye?: (standpipe.v1.Bye.$Properties|null);

            /** Frame error. */
            error?: (standpipe.v1.Error.$Properties|null);

            /** Frame ready. */
            ready?: (standpipe.v1.Ready.$Properties|null);

            /** Frame lost. */
            lost?: (standpipe.v1.Lost.$Properties|null);

            /** Frame body. */
            body?: ("hello"|"welcome"|"events"|"ack"|"commands"|"commandAck"|"subscribe"|"subscribed"|"gap"|"snapshot"|"assign"|"revoke"|"returned"|"query"|"reply"|"ping"|"pong"|"goAway"|"bye"|"error"|"ready"|"lost");

            /**
             * Encodes the specified Frame message. Does not implicitly {@link standpipe.v1.Frame.verify|verify} messages.
             * @param message Frame message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Frame.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Frame message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Frame & standpipe.v1.Frame.$Shape} Frame
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Frame & standpipe.v1.Frame.$Shape;
        }

        namespace Frame {

            /** Properties of a Frame. */
            interface $Properties {

                /** Frame hello */
                hello?: (standpipe.v1.Hello.$Properties|null);

                /** Frame welcome */
                welcome?: (standpipe.v1.Welcome.$Properties|null);

                /** Frame events */
                events?: (standpipe.v1.Events.$Properties|null);

                /** Frame ack */
                ack?: (standpipe.v1.Ack.$Properties|null);

                /** Frame commands */
                commands?: (standpipe.v1.Commands.$Properties|null);

                /** Frame commandAck */
                commandAck?: (standpipe.v1.CommandAck.$Properties|null);

                /** Frame subscribe */
                subscribe?: (standpipe.v1.Subscribe.$Properties|null);

                /** Frame subscribed */
                subscribed?: (standpipe.v1.Subscribed.$Properties|null);

                /** Frame gap */
                gap?: (standpipe.v1.Gap.$Properties|null);

                /** Frame snapshot */
                snapshot?: (standpipe.v1.Snapshot.$Properties|null);

                /** Frame assign */
                assign?: (standpipe.v1.Assign.$Properties|null);

                /** Frame revoke */
                revoke?: (standpipe.v1.Revoke.$Properties|null);

                /** Frame returned */
                returned?: (standpipe.v1.Returned.$Properties|null);

                /** Frame query */
                query?: (standpipe.v1.Query.$Properties|null);

                /** Frame reply */
                reply?: (standpipe.v1.Reply.$Properties|null);

                /** Frame ping */
                ping?: (standpipe.v1.Ping.$Properties|null);

                /** Frame pong */
                pong?: (standpipe.v1.Pong.$Properties|null);

                /** Frame goAway */
                goAway?: (standpipe.v1.GoAway.$Properties|null);

                /** Frame bye */
                bye?: (standpipe.v1.Bye.$Properties|null);

                /** Frame error */
                error?: (standpipe.v1.Error.$Properties|null);

                /** Frame ready */
                ready?: (standpipe.v1.Ready.$Properties|null);

                /** Frame lost */
                lost?: (standpipe.v1.Lost.$Properties|null);

                /** Frame body */
                body?: ("hello"|"welcome"|"events"|"ack"|"commands"|"commandAck"|"subscribe"|"subscribed"|"gap"|"snapshot"|"assign"|"revoke"|"returned"|"query"|"reply"|"ping"|"pong"|"goAway"|"bye"|"error"|"ready"|"lost");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a Frame. */
            type $Shape = {
              hello?: standpipe.v1.Hello.$Shape|null;
              welcome?: standpipe.v1.Welcome.$Shape|null;
              events?: standpipe.v1.Events.$Shape|null;
              ack?: standpipe.v1.Ack.$Shape|null;
              commands?: standpipe.v1.Commands.$Shape|null;
              commandAck?: standpipe.v1.CommandAck.$Shape|null;
              subscribe?: standpipe.v1.Subscribe.$Shape|null;
              subscribed?: standpipe.v1.Subscribed.$Shape|null;
              gap?: standpipe.v1.Gap.$Shape|null;
              snapshot?: standpipe.v1.Snapshot.$Shape|null;
              assign?: standpipe.v1.Assign.$Shape|null;
              revoke?: standpipe.v1.Revoke.$Shape|null;
              returned?: standpipe.v1.Returned.$Shape|null;
              query?: standpipe.v1.Query.$Shape|null;
              reply?: standpipe.v1.Reply.$Shape|null;
              ping?: standpipe.v1.Ping.$Shape|null;
              pong?: standpipe.v1.Pong.$Shape|null;
              goAway?: standpipe.v1.GoAway.$Shape|null;
              bye?: standpipe.v1.Bye.$Shape|null;
              error?: standpipe.v1.Error.$Shape|null;
              ready?: standpipe.v1.Ready.$Shape|null;
              lost?: standpipe.v1.Lost.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ body?: undefined; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "hello"; hello: standpipe.v1.Hello.$Shape; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "welcome"; hello?: null; welcome: standpipe.v1.Welcome.$Shape; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "events"; hello?: null; welcome?: null; events: standpipe.v1.Events.$Shape; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "ack"; hello?: null; welcome?: null; events?: null; ack: standpipe.v1.Ack.$Shape; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "commands"; hello?: null; welcome?: null; events?: null; ack?: null; commands: standpipe.v1.Commands.$Shape; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "commandAck"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck: standpipe.v1.CommandAck.$Shape; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "subscribe"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe: standpipe.v1.Subscribe.$Shape; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "subscribed"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed: standpipe.v1.Subscribed.$Shape; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "gap"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap: standpipe.v1.Gap.$Shape; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "snapshot"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot: standpipe.v1.Snapshot.$Shape; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "assign"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign: standpipe.v1.Assign.$Shape; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "revoke"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke: standpipe.v1.Revoke.$Shape; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "returned"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned: standpipe.v1.Returned.$Shape; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "query"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query: standpipe.v1.Query.$Shape; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "reply"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply: standpipe.v1.Reply.$Shape; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "ping"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping: standpipe.v1.Ping.$Shape; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "pong"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong: standpipe.v1.Pong.$Shape; goAway?: null; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "goAway"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway: standpipe.v1.GoAway.$Shape; bye?: null; error?: null; ready?: null; lost?: null }|{ body?: "bye"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye: standpipe.v1.Bye.$Shape; error?: null; ready?: null; lost?: null }|{ body?: "error"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error: standpipe.v1.Error.$Shape; ready?: null; lost?: null }|{ body?: "ready"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready: standpipe.v1.Ready.$Shape; lost?: null }|{ body?: "lost"; hello?: null; welcome?: null; events?: null; ack?: null; commands?: null; commandAck?: null; subscribe?: null; subscribed?: null; gap?: null; snapshot?: null; assign?: null; revoke?: null; returned?: null; query?: null; reply?: null; ping?: null; pong?: null; goAway?: null; bye?: null; error?: null; ready?: null; lost: standpipe.v1.Lost.$Shape })
            );
        }

        /**
         * Properties of a Hello.
         * @deprecated Use standpipe.v1.Hello.$Properties instead.
         */
        interface IHello extends standpipe.v1.Hello.$Properties {
        }

        /** Represents a Hello. */
        class Hello {

            /**
             * Constructs a new Hello.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Hello.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Hello version. */
            version: number;

            /** Hello library. */
            library: string;

            /** Hello group. */
            group?: (standpipe.v1.Group.$Properties|null);

            /** Hello name. */
            name: string;

            /** Hello session. */
            session: Uint8Array;

            /** Hello proof. */
            proof: Uint8Array;

            /** Hello attempt. */
            attempt: number;

            /** Hello positions. */
            positions: standpipe.v1.Position.$Properties[];

            /** Hello nextSeq. */
            nextSeq: number;

            /** Hello credit. */
            credit?: (standpipe.v1.Credit.$Properties|null);

            /** Hello rules. */
            rules: standpipe.v1.Rule.$Properties[];

            /**
             * Encodes the specified Hello message. Does not implicitly {@link standpipe.v1.Hello.verify|verify} messages.
             * @param message Hello message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Hello.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Hello message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Hello & standpipe.v1.Hello.$Shape} Hello
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Hello & standpipe.v1.Hello.$Shape;
        }

        namespace Hello {

            /** Properties of a Hello. */
            interface $Properties {

                /** Hello version */
                version?: (number|null);

                /** Hello library */
                library?: (string|null);

                /** Hello group */
                group?: (standpipe.v1.Group.$Properties|null);

                /** Hello name */
                name?: (string|null);

                /** Hello session */
                session?: (Uint8Array|null);

                /** Hello proof */
                proof?: (Uint8Array|null);

                /** Hello attempt */
                attempt?: (number|null);

                /** Hello positions */
                positions?: (standpipe.v1.Position.$Properties[]|null);

                /** Hello nextSeq */
                nextSeq?: (number|null);

                /** Hello credit */
                credit?: (standpipe.v1.Credit.$Properties|null);

                /** Hello rules */
                rules?: (standpipe.v1.Rule.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Hello. */
            type $Shape = standpipe.v1.Hello.$Properties;
        }

        /**
         * Properties of a Group.
         * @deprecated Use standpipe.v1.Group.$Properties instead.
         */
        interface IGroup extends standpipe.v1.Group.$Properties {
        }

        /** Represents a Group. */
        class Group {

            /**
             * Constructs a new Group.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Group.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Group name. */
            name: string;

            /** Group order. */
            order: standpipe.v1.Order;

            /** Group mode. */
            mode: standpipe.v1.Mode;

            /** Group overflow. */
            overflow: standpipe.v1.Overflow;

            /**
             * Encodes the specified Group message. Does not implicitly {@link standpipe.v1.Group.verify|verify} messages.
             * @param message Group message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Group.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Group message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Group & standpipe.v1.Group.$Shape} Group
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Group & standpipe.v1.Group.$Shape;
        }

        namespace Group {

            /** Properties of a Group. */
            interface $Properties {

                /** Group name */
                name?: (string|null);

                /** Group order */
                order?: (standpipe.v1.Order|null);

                /** Group mode */
                mode?: (standpipe.v1.Mode|null);

                /** Group overflow */
                overflow?: (standpipe.v1.Overflow|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Group. */
            type $Shape = standpipe.v1.Group.$Properties;
        }

        /** Order enum. */
        enum Order {

            /** ORDER_UNSPECIFIED value */
            ORDER_UNSPECIFIED = 0,

            /** ORDER_SOCKET value */
            ORDER_SOCKET = 1,

            /** ORDER_CHANNEL value */
            ORDER_CHANNEL = 2
        }

        /** Mode enum. */
        enum Mode {

            /** MODE_UNSPECIFIED value */
            MODE_UNSPECIFIED = 0,

            /** MODE_STICKY value */
            MODE_STICKY = 1,

            /** MODE_SHARED value */
            MODE_SHARED = 2,

            /** MODE_BROADCAST value */
            MODE_BROADCAST = 3
        }

        /** Overflow enum. */
        enum Overflow {

            /** OVERFLOW_UNSPECIFIED value */
            OVERFLOW_UNSPECIFIED = 0,

            /** OVERFLOW_GAP value */
            OVERFLOW_GAP = 1,

            /** OVERFLOW_PAUSE value */
            OVERFLOW_PAUSE = 2,

            /** OVERFLOW_CLOSE value */
            OVERFLOW_CLOSE = 3
        }

        /**
         * Properties of a Rule.
         * @deprecated Use standpipe.v1.Rule.$Properties instead.
         */
        interface IRule extends standpipe.v1.Rule.$Properties {
        }

        /** Represents a Rule. */
        class Rule {

            /**
             * Constructs a new Rule.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Rule.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Rule kind. */
            kind: standpipe.v1.RuleKind;

            /** Rule channels. */
            channels: string[];

            /** Rule events. */
            events: string[];

            /** Rule conflate. */
            conflate: boolean;

            /**
             * Encodes the specified Rule message. Does not implicitly {@link standpipe.v1.Rule.verify|verify} messages.
             * @param message Rule message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Rule.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Rule message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Rule & standpipe.v1.Rule.$Shape} Rule
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Rule & standpipe.v1.Rule.$Shape;
        }

        namespace Rule {

            /** Properties of a Rule. */
            interface $Properties {

                /** Rule kind */
                kind?: (standpipe.v1.RuleKind|null);

                /** Rule channels */
                channels?: (string[]|null);

                /** Rule events */
                events?: (string[]|null);

                /** Rule conflate */
                conflate?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Rule. */
            type $Shape = standpipe.v1.Rule.$Properties;
        }

        /** RuleKind enum. */
        enum RuleKind {

            /** RULE_KIND_UNSPECIFIED value */
            RULE_KIND_UNSPECIFIED = 0,

            /** RULE_KIND_SOCKET value */
            RULE_KIND_SOCKET = 1,

            /** RULE_KIND_MESSAGE value */
            RULE_KIND_MESSAGE = 2,

            /** RULE_KIND_CHANNEL value */
            RULE_KIND_CHANNEL = 3,

            /** RULE_KIND_PRESENCE value */
            RULE_KIND_PRESENCE = 4,

            /** RULE_KIND_USER value */
            RULE_KIND_USER = 5,

            /** RULE_KIND_CACHE value */
            RULE_KIND_CACHE = 6,

            /** RULE_KIND_AUTHORIZE value */
            RULE_KIND_AUTHORIZE = 7,

            /** RULE_KIND_AUTHENTICATE value */
            RULE_KIND_AUTHENTICATE = 8,

            /** RULE_KIND_BACKPRESSURE value */
            RULE_KIND_BACKPRESSURE = 9
        }

        /**
         * Properties of a Welcome.
         * @deprecated Use standpipe.v1.Welcome.$Properties instead.
         */
        interface IWelcome extends standpipe.v1.Welcome.$Properties {
        }

        /** Represents a Welcome. */
        class Welcome {

            /**
             * Constructs a new Welcome.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Welcome.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Welcome version. */
            version: number;

            /** Welcome verdict. */
            verdict: standpipe.v1.Verdict;

            /** Welcome reason. */
            reason: string;

            /** Welcome session. */
            session: Uint8Array;

            /** Welcome secret. */
            secret: Uint8Array;

            /** Welcome nextSeq. */
            nextSeq: number;

            /** Welcome commandAck. */
            commandAck?: (standpipe.v1.CommandAck.$Properties|null);

            /** Welcome limits. */
            limits?: (standpipe.v1.Limits.$Properties|null);

            /** Welcome partitions. */
            partitions: number;

            /** Welcome assigned. */
            assigned: standpipe.v1.Assignment.$Properties[];

            /** Welcome node. */
            node: string;

            /** Welcome windowMs. */
            windowMs?: (number|null);

            /** Welcome graceMs. */
            graceMs?: (number|null);

            /** Welcome unhandled. */
            unhandled: number;

            /** Welcome stream. */
            stream: string;

            /**
             * Encodes the specified Welcome message. Does not implicitly {@link standpipe.v1.Welcome.verify|verify} messages.
             * @param message Welcome message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Welcome.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Welcome message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Welcome & standpipe.v1.Welcome.$Shape} Welcome
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Welcome & standpipe.v1.Welcome.$Shape;
        }

        namespace Welcome {

            /** Properties of a Welcome. */
            interface $Properties {

                /** Welcome version */
                version?: (number|null);

                /** Welcome verdict */
                verdict?: (standpipe.v1.Verdict|null);

                /** Welcome reason */
                reason?: (string|null);

                /** Welcome session */
                session?: (Uint8Array|null);

                /** Welcome secret */
                secret?: (Uint8Array|null);

                /** Welcome nextSeq */
                nextSeq?: (number|null);

                /** Welcome commandAck */
                commandAck?: (standpipe.v1.CommandAck.$Properties|null);

                /** Welcome limits */
                limits?: (standpipe.v1.Limits.$Properties|null);

                /** Welcome partitions */
                partitions?: (number|null);

                /** Welcome assigned */
                assigned?: (standpipe.v1.Assignment.$Properties[]|null);

                /** Welcome node */
                node?: (string|null);

                /** Welcome windowMs */
                windowMs?: (number|null);

                /** Welcome graceMs */
                graceMs?: (number|null);

                /** Welcome unhandled */
                unhandled?: (number|null);

                /** Welcome stream */
                stream?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Welcome. */
            type $Shape = standpipe.v1.Welcome.$Properties;
        }

        /** Verdict enum. */
        enum Verdict {

            /** VERDICT_UNSPECIFIED value */
            VERDICT_UNSPECIFIED = 0,

            /** VERDICT_NEW value */
            VERDICT_NEW = 1,

            /** VERDICT_RESUMED value */
            VERDICT_RESUMED = 2,

            /** VERDICT_RESET value */
            VERDICT_RESET = 3
        }

        /**
         * Properties of a Ready.
         * @deprecated Use standpipe.v1.Ready.$Properties instead.
         */
        interface IReady extends standpipe.v1.Ready.$Properties {
        }

        /** Represents a Ready. */
        class Ready {

            /**
             * Constructs a new Ready.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Ready.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified Ready message. Does not implicitly {@link standpipe.v1.Ready.verify|verify} messages.
             * @param message Ready message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Ready.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Ready message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Ready & standpipe.v1.Ready.$Shape} Ready
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Ready & standpipe.v1.Ready.$Shape;
        }

        namespace Ready {

            /** Properties of a Ready. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Ready. */
            type $Shape = standpipe.v1.Ready.$Properties;
        }

        /**
         * Properties of a Limits.
         * @deprecated Use standpipe.v1.Limits.$Properties instead.
         */
        interface ILimits extends standpipe.v1.Limits.$Properties {
        }

        /** Represents a Limits. */
        class Limits {

            /**
             * Constructs a new Limits.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Limits.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Limits frameBytes. */
            frameBytes?: (number|null);

            /** Limits batch. */
            batch?: (number|null);

            /** Limits dataBytes. */
            dataBytes?: (number|null);

            /** Limits pingMs. */
            pingMs?: (number|null);

            /** Limits deadMs. */
            deadMs?: (number|null);

            /**
             * Encodes the specified Limits message. Does not implicitly {@link standpipe.v1.Limits.verify|verify} messages.
             * @param message Limits message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Limits.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Limits message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Limits & standpipe.v1.Limits.$Shape} Limits
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Limits & standpipe.v1.Limits.$Shape;
        }

        namespace Limits {

            /** Properties of a Limits. */
            interface $Properties {

                /** Limits frameBytes */
                frameBytes?: (number|null);

                /** Limits batch */
                batch?: (number|null);

                /** Limits dataBytes */
                dataBytes?: (number|null);

                /** Limits pingMs */
                pingMs?: (number|null);

                /** Limits deadMs */
                deadMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Limits. */
            type $Shape = standpipe.v1.Limits.$Properties;
        }

        /**
         * Properties of a Credit.
         * @deprecated Use standpipe.v1.Credit.$Properties instead.
         */
        interface ICredit extends standpipe.v1.Credit.$Properties {
        }

        /** Represents a Credit. */
        class Credit {

            /**
             * Constructs a new Credit.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Credit.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Credit messages. */
            messages: number;

            /** Credit bytes. */
            bytes: number;

            /**
             * Encodes the specified Credit message. Does not implicitly {@link standpipe.v1.Credit.verify|verify} messages.
             * @param message Credit message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Credit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Credit message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Credit & standpipe.v1.Credit.$Shape} Credit
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Credit & standpipe.v1.Credit.$Shape;
        }

        namespace Credit {

            /** Properties of a Credit. */
            interface $Properties {

                /** Credit messages */
                messages?: (number|null);

                /** Credit bytes */
                bytes?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Credit. */
            type $Shape = standpipe.v1.Credit.$Properties;
        }

        /**
         * Properties of a Position.
         * @deprecated Use standpipe.v1.Position.$Properties instead.
         */
        interface IPosition extends standpipe.v1.Position.$Properties {
        }

        /** Represents a Position. */
        class Position {

            /**
             * Constructs a new Position.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Position.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Position partition. */
            partition: number;

            /** Position generation. */
            generation: number;

            /** Position epoch. */
            epoch: number;

            /** Position offset. */
            offset: number;

            /** Position finished. */
            finished: standpipe.v1.Range.$Properties[];

            /** Position wantsSnapshot. */
            wantsSnapshot: boolean;

            /** Position conflated. */
            conflated: standpipe.v1.Conflated.$Properties[];

            /**
             * Encodes the specified Position message. Does not implicitly {@link standpipe.v1.Position.verify|verify} messages.
             * @param message Position message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Position.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Position message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Position & standpipe.v1.Position.$Shape} Position
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Position & standpipe.v1.Position.$Shape;
        }

        namespace Position {

            /** Properties of a Position. */
            interface $Properties {

                /** Position partition */
                partition?: (number|null);

                /** Position generation */
                generation?: (number|null);

                /** Position epoch */
                epoch?: (number|null);

                /** Position offset */
                offset?: (number|null);

                /** Position finished */
                finished?: (standpipe.v1.Range.$Properties[]|null);

                /** Position wantsSnapshot */
                wantsSnapshot?: (boolean|null);

                /** Position conflated */
                conflated?: (standpipe.v1.Conflated.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Position. */
            type $Shape = standpipe.v1.Position.$Properties;
        }

        /**
         * Properties of a Conflated.
         * @deprecated Use standpipe.v1.Conflated.$Properties instead.
         */
        interface IConflated extends standpipe.v1.Conflated.$Properties {
        }

        /** Represents a Conflated. */
        class Conflated {

            /**
             * Constructs a new Conflated.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Conflated.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Conflated offset. */
            offset: number;

            /** Conflated count. */
            count: number;

            /**
             * Encodes the specified Conflated message. Does not implicitly {@link standpipe.v1.Conflated.verify|verify} messages.
             * @param message Conflated message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Conflated.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Conflated message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Conflated & standpipe.v1.Conflated.$Shape} Conflated
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Conflated & standpipe.v1.Conflated.$Shape;
        }

        namespace Conflated {

            /** Properties of a Conflated. */
            interface $Properties {

                /** Conflated offset */
                offset?: (number|null);

                /** Conflated count */
                count?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Conflated. */
            type $Shape = standpipe.v1.Conflated.$Properties;
        }

        /**
         * Properties of a Range.
         * @deprecated Use standpipe.v1.Range.$Properties instead.
         */
        interface IRange extends standpipe.v1.Range.$Properties {
        }

        /** Represents a Range. */
        class Range {

            /**
             * Constructs a new Range.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Range.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Range first. */
            first: number;

            /** Range last. */
            last: number;

            /**
             * Encodes the specified Range message. Does not implicitly {@link standpipe.v1.Range.verify|verify} messages.
             * @param message Range message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Range.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Range message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Range & standpipe.v1.Range.$Shape} Range
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Range & standpipe.v1.Range.$Shape;
        }

        namespace Range {

            /** Properties of a Range. */
            interface $Properties {

                /** Range first */
                first?: (number|null);

                /** Range last */
                last?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Range. */
            type $Shape = standpipe.v1.Range.$Properties;
        }

        /**
         * Properties of a Name.
         * @deprecated Use standpipe.v1.Name.$Properties instead.
         */
        interface IName extends standpipe.v1.Name.$Properties {
        }

        /** Represents a Name. */
        class Name {

            /**
             * Constructs a new Name.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Name.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Name handle. */
            handle: number;

            /** Name name. */
            name: string;

            /**
             * Encodes the specified Name message. Does not implicitly {@link standpipe.v1.Name.verify|verify} messages.
             * @param message Name message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Name.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Name message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Name & standpipe.v1.Name.$Shape} Name
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Name & standpipe.v1.Name.$Shape;
        }

        namespace Name {

            /** Properties of a Name. */
            interface $Properties {

                /** Name handle */
                handle?: (number|null);

                /** Name name */
                name?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Name. */
            type $Shape = standpipe.v1.Name.$Properties;
        }

        /**
         * Properties of an Events.
         * @deprecated Use standpipe.v1.Events.$Properties instead.
         */
        interface IEvents extends standpipe.v1.Events.$Properties {
        }

        /** Represents an Events. */
        class Events {

            /**
             * Constructs a new Events.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Events.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Events names. */
            names: standpipe.v1.Name.$Properties[];

            /** Events runs. */
            runs: standpipe.v1.Run.$Properties[];

            /** Events commandAck. */
            commandAck?: (standpipe.v1.CommandAck.$Properties|null);

            /**
             * Encodes the specified Events message. Does not implicitly {@link standpipe.v1.Events.verify|verify} messages.
             * @param message Events message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Events.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Events message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Events & standpipe.v1.Events.$Shape} Events
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Events & standpipe.v1.Events.$Shape;
        }

        namespace Events {

            /** Properties of an Events. */
            interface $Properties {

                /** Events names */
                names?: (standpipe.v1.Name.$Properties[]|null);

                /** Events runs */
                runs?: (standpipe.v1.Run.$Properties[]|null);

                /** Events commandAck */
                commandAck?: (standpipe.v1.CommandAck.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Events. */
            type $Shape = standpipe.v1.Events.$Properties;
        }

        /**
         * Properties of a Run.
         * @deprecated Use standpipe.v1.Run.$Properties instead.
         */
        interface IRun extends standpipe.v1.Run.$Properties {
        }

        /** Represents a Run. */
        class Run {

            /**
             * Constructs a new Run.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Run.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Run partition. */
            partition: number;

            /** Run generation. */
            generation: number;

            /** Run epoch. */
            epoch: number;

            /** Run firstOffset. */
            firstOffset: number;

            /** Run events. */
            events: standpipe.v1.Event.$Properties[];

            /** Run skipped. */
            skipped: number;

            /**
             * Encodes the specified Run message. Does not implicitly {@link standpipe.v1.Run.verify|verify} messages.
             * @param message Run message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Run.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Run message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Run & standpipe.v1.Run.$Shape} Run
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Run & standpipe.v1.Run.$Shape;
        }

        namespace Run {

            /** Properties of a Run. */
            interface $Properties {

                /** Run partition */
                partition?: (number|null);

                /** Run generation */
                generation?: (number|null);

                /** Run epoch */
                epoch?: (number|null);

                /** Run firstOffset */
                firstOffset?: (number|null);

                /** Run events */
                events?: (standpipe.v1.Event.$Properties[]|null);

                /** Run skipped */
                skipped?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Run. */
            type $Shape = standpipe.v1.Run.$Properties;
        }

        /** EventKind enum. */
        enum EventKind {

            /** EVENT_KIND_UNSPECIFIED value */
            EVENT_KIND_UNSPECIFIED = 0,

            /** EVENT_KIND_OPEN value */
            EVENT_KIND_OPEN = 1,

            /** EVENT_KIND_CLOSE value */
            EVENT_KIND_CLOSE = 2,

            /** EVENT_KIND_MESSAGE value */
            EVENT_KIND_MESSAGE = 3,

            /** EVENT_KIND_OCCUPIED value */
            EVENT_KIND_OCCUPIED = 4,

            /** EVENT_KIND_VACATED value */
            EVENT_KIND_VACATED = 5,

            /** EVENT_KIND_MEMBER_ADDED value */
            EVENT_KIND_MEMBER_ADDED = 6,

            /** EVENT_KIND_MEMBER_REMOVED value */
            EVENT_KIND_MEMBER_REMOVED = 7,

            /** EVENT_KIND_USER_ONLINE value */
            EVENT_KIND_USER_ONLINE = 8,

            /** EVENT_KIND_USER_OFFLINE value */
            EVENT_KIND_USER_OFFLINE = 9,

            /** EVENT_KIND_CACHE_MISS value */
            EVENT_KIND_CACHE_MISS = 10,

            /** EVENT_KIND_SLOW value */
            EVENT_KIND_SLOW = 11,

            /** EVENT_KIND_DRAINED value */
            EVENT_KIND_DRAINED = 12
        }

        /**
         * Properties of an Event.
         * @deprecated Use standpipe.v1.Event.$Properties instead.
         */
        interface IEvent extends standpipe.v1.Event.$Properties {
        }

        /** Represents an Event. */
        class Event {

            /**
             * Constructs a new Event.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Event.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Event kind. */
            kind: standpipe.v1.EventKind;

            /** Event socket. */
            socket: string;

            /** Event channel. */
            channel: number;

            /** Event channelName. */
            channelName: string;

            /** Event event. */
            event: number;

            /** Event eventName. */
            eventName: string;

            /** Event data. */
            data: Uint8Array;

            /** Event time. */
            time: number;

            /** Event user. */
            user: string;

            /** Event redelivered. */
            redelivered: boolean;

            /** Event code. */
            code?: (number|null);

            /** Event reason. */
            reason: string;

            /** Event conflated. */
            conflated: number;

            /** Event conflatable. */
            conflatable: boolean;

            /** Event trace. */
            trace: string;

            /**
             * Encodes the specified Event message. Does not implicitly {@link standpipe.v1.Event.verify|verify} messages.
             * @param message Event message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Event.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Event message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Event & standpipe.v1.Event.$Shape} Event
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Event & standpipe.v1.Event.$Shape;
        }

        namespace Event {

            /** Properties of an Event. */
            interface $Properties {

                /** Event kind */
                kind?: (standpipe.v1.EventKind|null);

                /** Event socket */
                socket?: (string|null);

                /** Event channel */
                channel?: (number|null);

                /** Event channelName */
                channelName?: (string|null);

                /** Event event */
                event?: (number|null);

                /** Event eventName */
                eventName?: (string|null);

                /** Event data */
                data?: (Uint8Array|null);

                /** Event time */
                time?: (number|null);

                /** Event user */
                user?: (string|null);

                /** Event redelivered */
                redelivered?: (boolean|null);

                /** Event code */
                code?: (number|null);

                /** Event reason */
                reason?: (string|null);

                /** Event conflated */
                conflated?: (number|null);

                /** Event conflatable */
                conflatable?: (boolean|null);

                /** Event trace */
                trace?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Event. */
            type $Shape = standpipe.v1.Event.$Properties;
        }

        /**
         * Properties of an Ack.
         * @deprecated Use standpipe.v1.Ack.$Properties instead.
         */
        interface IAck extends standpipe.v1.Ack.$Properties {
        }

        /** Represents an Ack. */
        class Ack {

            /**
             * Constructs a new Ack.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Ack.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Ack positions. */
            positions: standpipe.v1.Position.$Properties[];

            /** Ack credit. */
            credit?: (standpipe.v1.Credit.$Properties|null);

            /**
             * Encodes the specified Ack message. Does not implicitly {@link standpipe.v1.Ack.verify|verify} messages.
             * @param message Ack message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Ack.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Ack message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Ack & standpipe.v1.Ack.$Shape} Ack
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Ack & standpipe.v1.Ack.$Shape;
        }

        namespace Ack {

            /** Properties of an Ack. */
            interface $Properties {

                /** Ack positions */
                positions?: (standpipe.v1.Position.$Properties[]|null);

                /** Ack credit */
                credit?: (standpipe.v1.Credit.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Ack. */
            type $Shape = standpipe.v1.Ack.$Properties;
        }

        /**
         * Properties of a Gap.
         * @deprecated Use standpipe.v1.Gap.$Properties instead.
         */
        interface IGap extends standpipe.v1.Gap.$Properties {
        }

        /** Represents a Gap. */
        class Gap {

            /**
             * Constructs a new Gap.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Gap.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Gap partition. */
            partition: number;

            /** Gap oldEpoch. */
            oldEpoch: number;

            /** Gap after. */
            after: number;

            /** Gap newEpoch. */
            newEpoch: number;

            /** Gap first. */
            first: number;

            /** Gap cause. */
            cause: standpipe.v1.GapCause;

            /** Gap count. */
            count: number;

            /**
             * Encodes the specified Gap message. Does not implicitly {@link standpipe.v1.Gap.verify|verify} messages.
             * @param message Gap message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Gap.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Gap message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Gap & standpipe.v1.Gap.$Shape} Gap
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Gap & standpipe.v1.Gap.$Shape;
        }

        namespace Gap {

            /** Properties of a Gap. */
            interface $Properties {

                /** Gap partition */
                partition?: (number|null);

                /** Gap oldEpoch */
                oldEpoch?: (number|null);

                /** Gap after */
                after?: (number|null);

                /** Gap newEpoch */
                newEpoch?: (number|null);

                /** Gap first */
                first?: (number|null);

                /** Gap cause */
                cause?: (standpipe.v1.GapCause|null);

                /** Gap count */
                count?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Gap. */
            type $Shape = standpipe.v1.Gap.$Properties;
        }

        /** GapCause enum. */
        enum GapCause {

            /** GAP_CAUSE_UNSPECIFIED value */
            GAP_CAUSE_UNSPECIFIED = 0,

            /** GAP_CAUSE_OVERFLOW value */
            GAP_CAUSE_OVERFLOW = 1,

            /** GAP_CAUSE_EXPIRED value */
            GAP_CAUSE_EXPIRED = 2,

            /** GAP_CAUSE_STORE_LOST value */
            GAP_CAUSE_STORE_LOST = 3,

            /** GAP_CAUSE_NODE_LOST value */
            GAP_CAUSE_NODE_LOST = 4
        }

        /**
         * Properties of a Snapshot.
         * @deprecated Use standpipe.v1.Snapshot.$Properties instead.
         */
        interface ISnapshot extends standpipe.v1.Snapshot.$Properties {
        }

        /** Represents a Snapshot. */
        class Snapshot {

            /**
             * Constructs a new Snapshot.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Snapshot.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Snapshot partition. */
            partition: number;

            /** Snapshot epoch. */
            epoch: number;

            /** Snapshot offset. */
            offset: number;

            /** Snapshot begin. */
            begin: boolean;

            /** Snapshot end. */
            end: boolean;

            /** Snapshot sockets. */
            sockets: standpipe.v1.SocketState.$Properties[];

            /** Snapshot channels. */
            channels: standpipe.v1.ChannelState.$Properties[];

            /** Snapshot coversSockets. */
            coversSockets: boolean;

            /** Snapshot coversChannels. */
            coversChannels: boolean;

            /**
             * Encodes the specified Snapshot message. Does not implicitly {@link standpipe.v1.Snapshot.verify|verify} messages.
             * @param message Snapshot message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Snapshot.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Snapshot message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Snapshot & standpipe.v1.Snapshot.$Shape} Snapshot
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Snapshot & standpipe.v1.Snapshot.$Shape;
        }

        namespace Snapshot {

            /** Properties of a Snapshot. */
            interface $Properties {

                /** Snapshot partition */
                partition?: (number|null);

                /** Snapshot epoch */
                epoch?: (number|null);

                /** Snapshot offset */
                offset?: (number|null);

                /** Snapshot begin */
                begin?: (boolean|null);

                /** Snapshot end */
                end?: (boolean|null);

                /** Snapshot sockets */
                sockets?: (standpipe.v1.SocketState.$Properties[]|null);

                /** Snapshot channels */
                channels?: (standpipe.v1.ChannelState.$Properties[]|null);

                /** Snapshot coversSockets */
                coversSockets?: (boolean|null);

                /** Snapshot coversChannels */
                coversChannels?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Snapshot. */
            type $Shape = standpipe.v1.Snapshot.$Properties;
        }

        /**
         * Properties of a SocketState.
         * @deprecated Use standpipe.v1.SocketState.$Properties instead.
         */
        interface ISocketState extends standpipe.v1.SocketState.$Properties {
        }

        /** Represents a SocketState. */
        class SocketState {

            /**
             * Constructs a new SocketState.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.SocketState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SocketState id. */
            id: string;

            /** SocketState user. */
            user: string;

            /** SocketState channels. */
            channels: string[];

            /**
             * Encodes the specified SocketState message. Does not implicitly {@link standpipe.v1.SocketState.verify|verify} messages.
             * @param message SocketState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.SocketState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SocketState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.SocketState & standpipe.v1.SocketState.$Shape} SocketState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.SocketState & standpipe.v1.SocketState.$Shape;
        }

        namespace SocketState {

            /** Properties of a SocketState. */
            interface $Properties {

                /** SocketState id */
                id?: (string|null);

                /** SocketState user */
                user?: (string|null);

                /** SocketState channels */
                channels?: (string[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SocketState. */
            type $Shape = standpipe.v1.SocketState.$Properties;
        }

        /**
         * Properties of a ChannelState.
         * @deprecated Use standpipe.v1.ChannelState.$Properties instead.
         */
        interface IChannelState extends standpipe.v1.ChannelState.$Properties {
        }

        /** Represents a ChannelState. */
        class ChannelState {

            /**
             * Constructs a new ChannelState.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.ChannelState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ChannelState name. */
            name: string;

            /** ChannelState subscriptions. */
            subscriptions: number;

            /** ChannelState members. */
            members: string[];

            /**
             * Encodes the specified ChannelState message. Does not implicitly {@link standpipe.v1.ChannelState.verify|verify} messages.
             * @param message ChannelState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.ChannelState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ChannelState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.ChannelState & standpipe.v1.ChannelState.$Shape} ChannelState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.ChannelState & standpipe.v1.ChannelState.$Shape;
        }

        namespace ChannelState {

            /** Properties of a ChannelState. */
            interface $Properties {

                /** ChannelState name */
                name?: (string|null);

                /** ChannelState subscriptions */
                subscriptions?: (number|null);

                /** ChannelState members */
                members?: (string[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ChannelState. */
            type $Shape = standpipe.v1.ChannelState.$Properties;
        }

        /**
         * Properties of an Assign.
         * @deprecated Use standpipe.v1.Assign.$Properties instead.
         */
        interface IAssign extends standpipe.v1.Assign.$Properties {
        }

        /** Represents an Assign. */
        class Assign {

            /**
             * Constructs a new Assign.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Assign.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Assign assigned. */
            assigned: standpipe.v1.Assignment.$Properties[];

            /**
             * Encodes the specified Assign message. Does not implicitly {@link standpipe.v1.Assign.verify|verify} messages.
             * @param message Assign message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Assign.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Assign message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Assign & standpipe.v1.Assign.$Shape} Assign
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Assign & standpipe.v1.Assign.$Shape;
        }

        namespace Assign {

            /** Properties of an Assign. */
            interface $Properties {

                /** Assign assigned */
                assigned?: (standpipe.v1.Assignment.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Assign. */
            type $Shape = standpipe.v1.Assign.$Properties;
        }

        /**
         * Properties of an Assignment.
         * @deprecated Use standpipe.v1.Assignment.$Properties instead.
         */
        interface IAssignment extends standpipe.v1.Assignment.$Properties {
        }

        /** Represents an Assignment. */
        class Assignment {

            /**
             * Constructs a new Assignment.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Assignment.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Assignment partition. */
            partition: number;

            /** Assignment generation. */
            generation: number;

            /** Assignment epoch. */
            epoch: number;

            /** Assignment firstOffset. */
            firstOffset: number;

            /**
             * Encodes the specified Assignment message. Does not implicitly {@link standpipe.v1.Assignment.verify|verify} messages.
             * @param message Assignment message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Assignment.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Assignment message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Assignment & standpipe.v1.Assignment.$Shape} Assignment
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Assignment & standpipe.v1.Assignment.$Shape;
        }

        namespace Assignment {

            /** Properties of an Assignment. */
            interface $Properties {

                /** Assignment partition */
                partition?: (number|null);

                /** Assignment generation */
                generation?: (number|null);

                /** Assignment epoch */
                epoch?: (number|null);

                /** Assignment firstOffset */
                firstOffset?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Assignment. */
            type $Shape = standpipe.v1.Assignment.$Properties;
        }

        /**
         * Properties of a Revoke.
         * @deprecated Use standpipe.v1.Revoke.$Properties instead.
         */
        interface IRevoke extends standpipe.v1.Revoke.$Properties {
        }

        /** Represents a Revoke. */
        class Revoke {

            /**
             * Constructs a new Revoke.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Revoke.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Revoke partition. */
            partition: number;

            /** Revoke generation. */
            generation: number;

            /** Revoke deadlineMs. */
            deadlineMs: number;

            /**
             * Encodes the specified Revoke message. Does not implicitly {@link standpipe.v1.Revoke.verify|verify} messages.
             * @param message Revoke message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Revoke.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Revoke message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Revoke & standpipe.v1.Revoke.$Shape} Revoke
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Revoke & standpipe.v1.Revoke.$Shape;
        }

        namespace Revoke {

            /** Properties of a Revoke. */
            interface $Properties {

                /** Revoke partition */
                partition?: (number|null);

                /** Revoke generation */
                generation?: (number|null);

                /** Revoke deadlineMs */
                deadlineMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Revoke. */
            type $Shape = standpipe.v1.Revoke.$Properties;
        }

        /**
         * Properties of a Returned.
         * @deprecated Use standpipe.v1.Returned.$Properties instead.
         */
        interface IReturned extends standpipe.v1.Returned.$Properties {
        }

        /** Represents a Returned. */
        class Returned {

            /**
             * Constructs a new Returned.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Returned.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Returned position. */
            position?: (standpipe.v1.Position.$Properties|null);

            /**
             * Encodes the specified Returned message. Does not implicitly {@link standpipe.v1.Returned.verify|verify} messages.
             * @param message Returned message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Returned.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Returned message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Returned & standpipe.v1.Returned.$Shape} Returned
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Returned & standpipe.v1.Returned.$Shape;
        }

        namespace Returned {

            /** Properties of a Returned. */
            interface $Properties {

                /** Returned position */
                position?: (standpipe.v1.Position.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Returned. */
            type $Shape = standpipe.v1.Returned.$Properties;
        }

        /**
         * Properties of a Lost.
         * @deprecated Use standpipe.v1.Lost.$Properties instead.
         */
        interface ILost extends standpipe.v1.Lost.$Properties {
        }

        /** Represents a Lost. */
        class Lost {

            /**
             * Constructs a new Lost.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Lost.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Lost partition. */
            partition: number;

            /** Lost generation. */
            generation: number;

            /**
             * Encodes the specified Lost message. Does not implicitly {@link standpipe.v1.Lost.verify|verify} messages.
             * @param message Lost message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Lost.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Lost message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Lost & standpipe.v1.Lost.$Shape} Lost
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Lost & standpipe.v1.Lost.$Shape;
        }

        namespace Lost {

            /** Properties of a Lost. */
            interface $Properties {

                /** Lost partition */
                partition?: (number|null);

                /** Lost generation */
                generation?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Lost. */
            type $Shape = standpipe.v1.Lost.$Properties;
        }

        /**
         * Properties of a Commands.
         * @deprecated Use standpipe.v1.Commands.$Properties instead.
         */
        interface ICommands extends standpipe.v1.Commands.$Properties {
        }

        /** Represents a Commands. */
        class Commands {

            /**
             * Constructs a new Commands.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Commands.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Commands names. */
            names: standpipe.v1.Name.$Properties[];

            /** Commands firstSeq. */
            firstSeq: number;

            /** Commands commands. */
            commands: standpipe.v1.Command.$Properties[];

            /** Commands ack. */
            ack?: (standpipe.v1.Ack.$Properties|null);

            /**
             * Encodes the specified Commands message. Does not implicitly {@link standpipe.v1.Commands.verify|verify} messages.
             * @param message Commands message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Commands.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Commands message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Commands & standpipe.v1.Commands.$Shape} Commands
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Commands & standpipe.v1.Commands.$Shape;
        }

        namespace Commands {

            /** Properties of a Commands. */
            interface $Properties {

                /** Commands names */
                names?: (standpipe.v1.Name.$Properties[]|null);

                /** Commands firstSeq */
                firstSeq?: (number|null);

                /** Commands commands */
                commands?: (standpipe.v1.Command.$Properties[]|null);

                /** Commands ack */
                ack?: (standpipe.v1.Ack.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Commands. */
            type $Shape = standpipe.v1.Commands.$Properties;
        }

        /** Verb enum. */
        enum Verb {

            /** VERB_UNSPECIFIED value */
            VERB_UNSPECIFIED = 0,

            /** VERB_TRIGGER_CHANNEL value */
            VERB_TRIGGER_CHANNEL = 1,

            /** VERB_TRIGGER_SOCKET value */
            VERB_TRIGGER_SOCKET = 2,

            /** VERB_TRIGGER_USER value */
            VERB_TRIGGER_USER = 3,

            /** VERB_CLOSE_SOCKET value */
            VERB_CLOSE_SOCKET = 4,

            /** VERB_TERMINATE_USER value */
            VERB_TERMINATE_USER = 5,

            /** VERB_SUBSCRIBE_SOCKET value */
            VERB_SUBSCRIBE_SOCKET = 6,

            /** VERB_UNSUBSCRIBE_SOCKET value */
            VERB_UNSUBSCRIBE_SOCKET = 7
        }

        /**
         * Properties of a Command.
         * @deprecated Use standpipe.v1.Command.$Properties instead.
         */
        interface ICommand extends standpipe.v1.Command.$Properties {
        }

        /** Represents a Command. */
        class Command {

            /**
             * Constructs a new Command.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Command.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Command verb. */
            verb: standpipe.v1.Verb;

            /** Command channel. */
            channel: number;

            /** Command channelName. */
            channelName: string;

            /** Command event. */
            event: number;

            /** Command eventName. */
            eventName: string;

            /** Command data. */
            data: Uint8Array;

            /** Command socket. */
            socket: string;

            /** Command user. */
            user: string;

            /** Command exceptSockets. */
            exceptSockets: string[];

            /** Command ifOccupied. */
            ifOccupied: boolean;

            /** Command receipt. */
            receipt: standpipe.v1.Receipts;

            /** Command origin. */
            origin?: (standpipe.v1.Origin.$Properties|null);

            /** Command idempotencyKey. */
            idempotencyKey: string;

            /** Command channels. */
            channels: number[];

            /** Command code. */
            code?: (number|null);

            /** Command reason. */
            reason: string;

            /** Command channelNames. */
            channelNames: string[];

            /** Command trace. */
            trace: string;

            /** Command latestKey. */
            latestKey: string;

            /** Command volatile. */
            volatile: boolean;

            /**
             * Encodes the specified Command message. Does not implicitly {@link standpipe.v1.Command.verify|verify} messages.
             * @param message Command message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Command.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Command message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Command & standpipe.v1.Command.$Shape} Command
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Command & standpipe.v1.Command.$Shape;
        }

        namespace Command {

            /** Properties of a Command. */
            interface $Properties {

                /** Command verb */
                verb?: (standpipe.v1.Verb|null);

                /** Command channel */
                channel?: (number|null);

                /** Command channelName */
                channelName?: (string|null);

                /** Command event */
                event?: (number|null);

                /** Command eventName */
                eventName?: (string|null);

                /** Command data */
                data?: (Uint8Array|null);

                /** Command socket */
                socket?: (string|null);

                /** Command user */
                user?: (string|null);

                /** Command exceptSockets */
                exceptSockets?: (string[]|null);

                /** Command ifOccupied */
                ifOccupied?: (boolean|null);

                /** Command receipt */
                receipt?: (standpipe.v1.Receipts|null);

                /** Command origin */
                origin?: (standpipe.v1.Origin.$Properties|null);

                /** Command idempotencyKey */
                idempotencyKey?: (string|null);

                /** Command channels */
                channels?: (number[]|null);

                /** Command code */
                code?: (number|null);

                /** Command reason */
                reason?: (string|null);

                /** Command channelNames */
                channelNames?: (string[]|null);

                /** Command trace */
                trace?: (string|null);

                /** Command latestKey */
                latestKey?: (string|null);

                /** Command volatile */
                volatile?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Command. */
            type $Shape = standpipe.v1.Command.$Properties;
        }

        /** Receipts enum. */
        enum Receipts {

            /** RECEIPTS_UNSPECIFIED value */
            RECEIPTS_UNSPECIFIED = 0,

            /** RECEIPTS_ACCEPTED value */
            RECEIPTS_ACCEPTED = 1,

            /** RECEIPTS_DELIVERED value */
            RECEIPTS_DELIVERED = 2
        }

        /**
         * Properties of an Origin.
         * @deprecated Use standpipe.v1.Origin.$Properties instead.
         */
        interface IOrigin extends standpipe.v1.Origin.$Properties {
        }

        /** Represents an Origin. */
        class Origin {

            /**
             * Constructs a new Origin.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Origin.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Origin partition. */
            partition: number;

            /** Origin generation. */
            generation: number;

            /** Origin offset. */
            offset: number;

            /** Origin index. */
            index: number;

            /**
             * Encodes the specified Origin message. Does not implicitly {@link standpipe.v1.Origin.verify|verify} messages.
             * @param message Origin message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Origin.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Origin message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Origin & standpipe.v1.Origin.$Shape} Origin
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Origin & standpipe.v1.Origin.$Shape;
        }

        namespace Origin {

            /** Properties of an Origin. */
            interface $Properties {

                /** Origin partition */
                partition?: (number|null);

                /** Origin generation */
                generation?: (number|null);

                /** Origin offset */
                offset?: (number|null);

                /** Origin index */
                index?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Origin. */
            type $Shape = standpipe.v1.Origin.$Properties;
        }

        /**
         * Properties of a CommandAck.
         * @deprecated Use standpipe.v1.CommandAck.$Properties instead.
         */
        interface ICommandAck extends standpipe.v1.CommandAck.$Properties {
        }

        /** Represents a CommandAck. */
        class CommandAck {

            /**
             * Constructs a new CommandAck.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.CommandAck.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CommandAck applied. */
            applied: number;

            /** CommandAck refused. */
            refused: standpipe.v1.Refusal.$Properties[];

            /** CommandAck receipts. */
            receipts: standpipe.v1.Receipt.$Properties[];

            /** CommandAck credit. */
            credit?: (standpipe.v1.Credit.$Properties|null);

            /**
             * Encodes the specified CommandAck message. Does not implicitly {@link standpipe.v1.CommandAck.verify|verify} messages.
             * @param message CommandAck message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.CommandAck.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CommandAck message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.CommandAck & standpipe.v1.CommandAck.$Shape} CommandAck
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.CommandAck & standpipe.v1.CommandAck.$Shape;
        }

        namespace CommandAck {

            /** Properties of a CommandAck. */
            interface $Properties {

                /** CommandAck applied */
                applied?: (number|null);

                /** CommandAck refused */
                refused?: (standpipe.v1.Refusal.$Properties[]|null);

                /** CommandAck receipts */
                receipts?: (standpipe.v1.Receipt.$Properties[]|null);

                /** CommandAck credit */
                credit?: (standpipe.v1.Credit.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CommandAck. */
            type $Shape = standpipe.v1.CommandAck.$Properties;
        }

        /**
         * Properties of a Refusal.
         * @deprecated Use standpipe.v1.Refusal.$Properties instead.
         */
        interface IRefusal extends standpipe.v1.Refusal.$Properties {
        }

        /** Represents a Refusal. */
        class Refusal {

            /**
             * Constructs a new Refusal.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Refusal.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Refusal seq. */
            seq: number;

            /** Refusal code. */
            code: number;

            /** Refusal message. */
            message: string;

            /**
             * Encodes the specified Refusal message. Does not implicitly {@link standpipe.v1.Refusal.verify|verify} messages.
             * @param message Refusal message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Refusal.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Refusal message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Refusal & standpipe.v1.Refusal.$Shape} Refusal
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Refusal & standpipe.v1.Refusal.$Shape;
        }

        namespace Refusal {

            /** Properties of a Refusal. */
            interface $Properties {

                /** Refusal seq */
                seq?: (number|null);

                /** Refusal code */
                code?: (number|null);

                /** Refusal message */
                message?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Refusal. */
            type $Shape = standpipe.v1.Refusal.$Properties;
        }

        /**
         * Properties of a Receipt.
         * @deprecated Use standpipe.v1.Receipt.$Properties instead.
         */
        interface IReceipt extends standpipe.v1.Receipt.$Properties {
        }

        /** Represents a Receipt. */
        class Receipt {

            /**
             * Constructs a new Receipt.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Receipt.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Receipt seq. */
            seq: number;

            /** Receipt sockets. */
            sockets: number;

            /**
             * Encodes the specified Receipt message. Does not implicitly {@link standpipe.v1.Receipt.verify|verify} messages.
             * @param message Receipt message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Receipt.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Receipt message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Receipt & standpipe.v1.Receipt.$Shape} Receipt
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Receipt & standpipe.v1.Receipt.$Shape;
        }

        namespace Receipt {

            /** Properties of a Receipt. */
            interface $Properties {

                /** Receipt seq */
                seq?: (number|null);

                /** Receipt sockets */
                sockets?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Receipt. */
            type $Shape = standpipe.v1.Receipt.$Properties;
        }

        /**
         * Properties of a Subscribe.
         * @deprecated Use standpipe.v1.Subscribe.$Properties instead.
         */
        interface ISubscribe extends standpipe.v1.Subscribe.$Properties {
        }

        /** Represents a Subscribe. */
        class Subscribe {

            /**
             * Constructs a new Subscribe.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Subscribe.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Subscribe id. */
            id: number;

            /** Subscribe rules. */
            rules: standpipe.v1.Rule.$Properties[];

            /**
             * Encodes the specified Subscribe message. Does not implicitly {@link standpipe.v1.Subscribe.verify|verify} messages.
             * @param message Subscribe message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Subscribe.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Subscribe message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Subscribe & standpipe.v1.Subscribe.$Shape} Subscribe
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Subscribe & standpipe.v1.Subscribe.$Shape;
        }

        namespace Subscribe {

            /** Properties of a Subscribe. */
            interface $Properties {

                /** Subscribe id */
                id?: (number|null);

                /** Subscribe rules */
                rules?: (standpipe.v1.Rule.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Subscribe. */
            type $Shape = standpipe.v1.Subscribe.$Properties;
        }

        /**
         * Properties of a Subscribed.
         * @deprecated Use standpipe.v1.Subscribed.$Properties instead.
         */
        interface ISubscribed extends standpipe.v1.Subscribed.$Properties {
        }

        /** Represents a Subscribed. */
        class Subscribed {

            /**
             * Constructs a new Subscribed.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Subscribed.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Subscribed id. */
            id: number;

            /** Subscribed error. */
            error?: (standpipe.v1.Error.$Properties|null);

            /**
             * Encodes the specified Subscribed message. Does not implicitly {@link standpipe.v1.Subscribed.verify|verify} messages.
             * @param message Subscribed message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Subscribed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Subscribed message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Subscribed & standpipe.v1.Subscribed.$Shape} Subscribed
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Subscribed & standpipe.v1.Subscribed.$Shape;
        }

        namespace Subscribed {

            /** Properties of a Subscribed. */
            interface $Properties {

                /** Subscribed id */
                id?: (number|null);

                /** Subscribed error */
                error?: (standpipe.v1.Error.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Subscribed. */
            type $Shape = standpipe.v1.Subscribed.$Properties;
        }

        /**
         * Properties of a Query.
         * @deprecated Use standpipe.v1.Query.$Properties instead.
         */
        interface IQuery extends standpipe.v1.Query.$Properties {
        }

        /** Represents a Query. */
        class Query {

            /**
             * Constructs a new Query.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Query.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Query id. */
            id: number;

            /** Query method. */
            method: string;

            /** Query params. */
            params: Uint8Array;

            /** Query deadlineMs. */
            deadlineMs: number;

            /**
             * Encodes the specified Query message. Does not implicitly {@link standpipe.v1.Query.verify|verify} messages.
             * @param message Query message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Query.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Query message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Query & standpipe.v1.Query.$Shape} Query
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Query & standpipe.v1.Query.$Shape;
        }

        namespace Query {

            /** Properties of a Query. */
            interface $Properties {

                /** Query id */
                id?: (number|null);

                /** Query method */
                method?: (string|null);

                /** Query params */
                params?: (Uint8Array|null);

                /** Query deadlineMs */
                deadlineMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Query. */
            type $Shape = standpipe.v1.Query.$Properties;
        }

        /**
         * Properties of a Reply.
         * @deprecated Use standpipe.v1.Reply.$Properties instead.
         */
        interface IReply extends standpipe.v1.Reply.$Properties {
        }

        /** Represents a Reply. */
        class Reply {

            /**
             * Constructs a new Reply.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Reply.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Reply id. */
            id: number;

            /** Reply result. */
            result: Uint8Array;

            /** Reply error. */
            error?: (standpipe.v1.Error.$Properties|null);

            /** Reply asOf. */
            asOf: standpipe.v1.Position.$Properties[];

            /** Reply more. */
            more: boolean;

            /**
             * Encodes the specified Reply message. Does not implicitly {@link standpipe.v1.Reply.verify|verify} messages.
             * @param message Reply message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Reply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Reply message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Reply & standpipe.v1.Reply.$Shape} Reply
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Reply & standpipe.v1.Reply.$Shape;
        }

        namespace Reply {

            /** Properties of a Reply. */
            interface $Properties {

                /** Reply id */
                id?: (number|null);

                /** Reply result */
                result?: (Uint8Array|null);

                /** Reply error */
                error?: (standpipe.v1.Error.$Properties|null);

                /** Reply asOf */
                asOf?: (standpipe.v1.Position.$Properties[]|null);

                /** Reply more */
                more?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Reply. */
            type $Shape = standpipe.v1.Reply.$Properties;
        }

        /**
         * Properties of a Ping.
         * @deprecated Use standpipe.v1.Ping.$Properties instead.
         */
        interface IPing extends standpipe.v1.Ping.$Properties {
        }

        /** Represents a Ping. */
        class Ping {

            /**
             * Constructs a new Ping.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Ping.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Ping time. */
            time: number;

            /**
             * Encodes the specified Ping message. Does not implicitly {@link standpipe.v1.Ping.verify|verify} messages.
             * @param message Ping message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Ping.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Ping message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Ping & standpipe.v1.Ping.$Shape} Ping
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Ping & standpipe.v1.Ping.$Shape;
        }

        namespace Ping {

            /** Properties of a Ping. */
            interface $Properties {

                /** Ping time */
                time?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Ping. */
            type $Shape = standpipe.v1.Ping.$Properties;
        }

        /**
         * Properties of a Pong.
         * @deprecated Use standpipe.v1.Pong.$Properties instead.
         */
        interface IPong extends standpipe.v1.Pong.$Properties {
        }

        /** Represents a Pong. */
        class Pong {

            /**
             * Constructs a new Pong.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Pong.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Pong time. */
            time: number;

            /**
             * Encodes the specified Pong message. Does not implicitly {@link standpipe.v1.Pong.verify|verify} messages.
             * @param message Pong message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Pong.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Pong message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Pong & standpipe.v1.Pong.$Shape} Pong
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Pong & standpipe.v1.Pong.$Shape;
        }

        namespace Pong {

            /** Properties of a Pong. */
            interface $Properties {

                /** Pong time */
                time?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Pong. */
            type $Shape = standpipe.v1.Pong.$Properties;
        }

        /**
         * Properties of a GoAway.
         * @deprecated Use standpipe.v1.GoAway.$Properties instead.
         */
        interface IGoAway extends standpipe.v1.GoAway.$Properties {
        }

        /** Represents a GoAway. */
        class GoAway {

            /**
             * Constructs a new GoAway.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.GoAway.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GoAway deadlineMs. */
            deadlineMs: number;

            /** GoAway reason. */
            reason: string;

            /** GoAway nodes. */
            nodes: string[];

            /**
             * Encodes the specified GoAway message. Does not implicitly {@link standpipe.v1.GoAway.verify|verify} messages.
             * @param message GoAway message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.GoAway.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GoAway message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.GoAway & standpipe.v1.GoAway.$Shape} GoAway
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.GoAway & standpipe.v1.GoAway.$Shape;
        }

        namespace GoAway {

            /** Properties of a GoAway. */
            interface $Properties {

                /** GoAway deadlineMs */
                deadlineMs?: (number|null);

                /** GoAway reason */
                reason?: (string|null);

                /** GoAway nodes */
                nodes?: (string[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GoAway. */
            type $Shape = standpipe.v1.GoAway.$Properties;
        }

        /**
         * Properties of a Bye.
         * @deprecated Use standpipe.v1.Bye.$Properties instead.
         */
        interface IBye extends standpipe.v1.Bye.$Properties {
        }

        /** Represents a Bye. */
        class Bye {

            /**
             * Constructs a new Bye.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Bye.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Bye reason. */
            reason: string;

            /**
             * Encodes the specified Bye message. Does not implicitly {@link standpipe.v1.Bye.verify|verify} messages.
             * @param message Bye message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Bye.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Bye message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Bye & standpipe.v1.Bye.$Shape} Bye
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Bye & standpipe.v1.Bye.$Shape;
        }

        namespace Bye {

            /** Properties of a Bye. */
            interface $Properties {

                /** Bye reason */
                reason?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Bye. */
            type $Shape = standpipe.v1.Bye.$Properties;
        }

        /**
         * Properties of an Error.
         * @deprecated Use standpipe.v1.Error.$Properties instead.
         */
        interface IError extends standpipe.v1.Error.$Properties {
        }

        /** Represents an Error. */
        class Error {

            /**
             * Constructs a new Error.
             * @param [properties] Properties to set
             */
            constructor(properties?: standpipe.v1.Error.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Error code. */
            code: number;

            /** Error message. */
            message: string;

            /**
             * Encodes the specified Error message. Does not implicitly {@link standpipe.v1.Error.verify|verify} messages.
             * @param message Error message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: standpipe.v1.Error.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Error message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {standpipe.v1.Error & standpipe.v1.Error.$Shape} Error
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): standpipe.v1.Error & standpipe.v1.Error.$Shape;
        }

        namespace Error {

            /** Properties of an Error. */
            interface $Properties {

                /** Error code */
                code?: (number|null);

                /** Error message */
                message?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Error. */
            type $Shape = standpipe.v1.Error.$Properties;
        }
    }
}
