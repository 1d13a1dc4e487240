/** The path by which a channel's packets come: the group or TCP, and back from TCP to the group. */

import { messageOf } from "../../control/system-error.ts";
import { monotonicMs } from "../clock.ts";
import { membershipAddresses } from "./membership-place.ts";
import { openMulticast } from "./multicast.ts";
import type { MissingOfSource } from "../receiver.ts";
import { openRepair } from "./repair.ts";
import type { Repair } from "./repair.ts";
import type { Session } from "./session.ts";
import { openTcp } from "./tcp.ts";
import type { OnPacket, Transport } from "./transport.ts";
import { WayBackTimes, findWayBack } from "./way-back.ts";

/** Where the packets of a channel come from. */
export type Joined = Pick<Session, "channel" | "place" | "transport" | "group">;

export class PacketPath {
  readonly #interface: string | null;
  readonly #say: (line: string) => void;
  readonly #joined: (joined: Joined) => void;
  readonly #wayBackTimes = new WayBackTimes();
  #transport: Transport | null = null;
  #repair: Repair | null = null;
  /** The daemon said so when the group was joined last; over TCP it says nothing of it. */
  #isRepaired = false;
  /** Of this host, where it is a member of the group. */
  #addresses: readonly string[] = [];
  #openedMs = 0;

  /** `wanted`: name or address of the interface to join on; null: the one that leads to the daemon. */
  constructor(wanted: string | null, say: (line: string) => void, joined: (joined: Joined) => void = () => undefined) {
    this.#interface = wanted;
    this.#say = say;
    this.#joined = joined;
  }

  /** Null: none is open. */
  get transport(): Transport | null {
    return this.#transport;
  }

  get openedMs(): number {
    return this.#openedMs;
  }

  /** Closes the one that was there. Throws an Error with one line for a person. */
  async open(session: Session, onPacket: OnPacket): Promise<void> {
    await this.close();
    const { channel, place, ticket, target, streams } = session;
    if (ticket === null) {
      const group = await this.#join(session, onPacket).catch((error: unknown) => {
        throw new Error(`cannot join the group ${session.group.group}: ${messageOf(error)}`);
      });
      this.#take(group);
      const { group: address, video, audio } = session.group;
      this.#say(`joined ${channel} at ${place}: group ${address}:${video ?? audio ?? ""} on ${this.#addresses.join(", ")}`);
    } else {
      const audioSsrc = streams.audio?.ssrc ?? null;
      this.#take(await openTcp(target, ticket, (ssrc) => ssrc === audioSsrc, onPacket));
      this.#say(`joined ${channel} at ${place} over TCP`);
    }
    this.#joined(session);
  }

  /** Whether the group is joined already, on the addresses that lead to it now. */
  isMember(session: Session): boolean {
    if (this.#transport?.kind !== "multicast" || session.transport !== "multicast") return false;
    return String(membershipAddresses(session.ownAddress, this.#interface)) === String(this.#addresses);
  }

  /** From now on missing packets are asked for under this session, whatever the path was opened for. False where they cannot be. */
  async repairBy({ repair, transport }: Session, onPacket: OnPacket): Promise<boolean> {
    if (transport === "multicast") this.#isRepaired = repair !== null;
    await this.#closeRepair();
    if (this.#transport?.kind === "multicast" && repair !== null) this.#repair = await openRepair(repair, onPacket);
    return this.#repair !== null;
  }

  ask(missing: MissingOfSource): void {
    this.#repair?.ask(missing);
  }

  /** From TCP. True once the group is heard and joined, and is the only path; false when the signal came before that. */
  async goBack(session: Session, onPacket: OnPacket, signal: AbortSignal): Promise<boolean> {
    const open = (hear: OnPacket): Promise<Transport> => this.#join(session, hear);
    const group = await findWayBack({ streams: session.streams, isRepaired: this.#isRepaired, open, onPacket }, this.#wayBackTimes, signal);
    if (group === null) return false;
    await this.close();
    this.#take(group);
    this.#say(`the group ${session.group.group} is heard on ${this.#addresses.join(", ")}: leaving TCP`);
    this.#joined({ ...session, transport: "multicast" });
    return true;
  }

  async close(): Promise<void> {
    const transport = this.#transport;
    this.#transport = null;
    await Promise.all([this.#closeRepair(), transport?.close()]);
  }

  async #closeRepair(): Promise<void> {
    const repair = this.#repair;
    this.#repair = null;
    await repair?.close();
  }

  #join(session: Session, onPacket: OnPacket): Promise<Transport> {
    this.#addresses = membershipAddresses(session.ownAddress, this.#interface);
    return openMulticast(session.group, this.#addresses, onPacket);
  }

  #take(transport: Transport): void {
    this.#transport = transport;
    this.#openedMs = monotonicMs();
  }
}
