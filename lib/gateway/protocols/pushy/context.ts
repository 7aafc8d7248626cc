import type { PushyCommand, PushyOptions } from '../../options/pushy';
import type { App } from '../../core/model/app';
import type { Parts } from '../../core/parts';
import type { ChannelMembers } from './channels';

/** The parts that the clients of one app work with. */
export interface PushyContext {
  readonly parts: Parts;
  readonly app: App;
  /** Options in force: a reload puts others in their place. */
  options: PushyOptions;
  readonly channels: ChannelMembers;
  /** Commands of the embedding program, by their names in lower case. */
  readonly commands: ReadonlyMap<string, PushyCommand>;
}
