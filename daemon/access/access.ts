/**
 * Who may watch the channels that are encrypted: passes, and the keys that their holders are told. When a pass ends, the channels whose key its holders know get
 * another one, which all others are told before it takes effect.
 */

import { ControlError } from "../../control/contract/errors.ts";
import type { Params, Result } from "../../control/contract/contract.ts";
import type { JoinDescription } from "../../control/contract/session.ts";
import { encryptFor, makePass, noncesOf, passProof, passText } from "../../control/pass.ts";
import { isSameProof } from "../../control/proof.ts";
import { SRTP_SUITE } from "../../wire/srtp/index.ts";
import { randomSrtpMaster } from "../channel/setup.ts";
import type { Rollovers } from "../send/sender-messages.ts";
import { ChannelKey } from "./channel-key.ts";
import type { PassFile } from "./pass-file.ts";
import { isOver, MOST_PASSES, PassTable, type StoredPass } from "./pass-table.ts";

/** From the announcement of a key until it takes effect: each member asks for it within a second (see receiver/join/session-keys.ts). */
const KEY_LEAD_MS = 3000;

/** `nonce`: null where the caller has not said hello. */
type Caller = { readonly address: string; readonly nonce: string | null };

/** Nulls for a channel that is not encrypted; `pass` is null for an operator of this host as well. */
export type Admission = Pick<JoinDescription, "protection" | "pass">;

export type AccessOptions = {
  /** What the channels that are encrypted begin with, by name. */
  readonly masters: ReadonlyMap<string, Uint8Array>;
  /** Null: passes are forgotten at a restart. */
  readonly file: PassFile | null;
  /** Packets that are made from now on are encrypted with it. */
  readonly onKey: (channel: string, master: Uint8Array) => void;
  /** A channel's key will be another one soon. */
  readonly onKeyAhead: (channel: string, inMs: number) => void;
  /** Nobody may watch by this pass any more. */
  readonly onEnded: (passId: string) => void;
  /** Addresses that have joined by a pass. */
  readonly addressesOf: (passId: string) => readonly string[];
  readonly log: { info(text: string): void; warn(text: string): void };
};

export class Access {
  readonly #options: AccessOptions;
  readonly #table: PassTable;
  readonly #keys: ReadonlyMap<string, ChannelKey>;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #hasWarned = false;

  constructor(options: AccessOptions) {
    this.#options = options;
    const { file, masters, log } = options;
    this.#table = new PassTable(file?.found ?? []);
    this.#keys = new Map([...masters].map(([name, master]) => [name, new ChannelKey(master, randomSrtpMaster)]));
    if (file !== null && file.problem !== null) log.warn(file.problem);
  }

  /** Throws a ControlError for who may not watch. `rollovers`: of the channel, as its statistics tell. */
  admit(channel: string, proof: Params<"session.join">["pass"], caller: Caller, rollovers: Rollovers | null, nowMs: number): Admission {
    const key = this.#keys.get(channel);
    if (key === undefined) return { protection: null, pass: null };
    const rollover = { video: rollovers?.video ?? 0, audio: rollovers?.audio ?? 0 };
    if (proof === undefined && caller.address === "unix") {
      const keys = key.tell(null).map((master) => Buffer.from(master).toString("base64"));
      return { protection: { suite: SRTP_SUITE, encrypted: false, keys, rollover }, pass: null };
    }
    const { pass, nonces } = this.#prove(channel, proof, caller, nowMs);
    const keys = key.tell(pass.id).map((master) => encryptFor(pass, nonces, master));
    return { protection: { suite: SRTP_SUITE, encrypted: true, keys, rollover }, pass: { id: pass.id, hosts: pass.hosts } };
  }

  async create(params: Params<"pass.create">, nowMs: number): Promise<Result<"pass.create">> {
    const { channels = null, name = null, validForMs = null, hosts, count } = params;
    if (this.#keys.size === 0) throw new ControlError("refused", "no channel wants a pass; set access: pass in the configuration of one");
    const open = channels?.find((channel) => !this.#keys.has(channel));
    if (open !== undefined) {
      throw new ControlError(
        "refused",
        `${open} needs no pass, or is no channel; ${[...this.#keys.keys()].join(", ")} ${this.#keys.size === 1 ? "does" : "do"}`,
      );
    }
    if (this.#table.all.length + count > MOST_PASSES)
      throw new ControlError("refused", `there are ${MOST_PASSES} passes at most: revoke some`);
    const untilMs = validForMs === null ? null : nowMs + validForMs;
    const made: StoredPass[] = [];
    while (made.length < count) {
      const pass = { ...makePass(), name, channels, hosts, createdMs: nowMs, untilMs };
      if (this.#table.add(pass)) made.push(pass);
    }
    await this.#keep();
    return made.map((pass) => ({ ...shown(pass), pass: passText(pass) }));
  }

  list({ after, limit }: Params<"pass.list">, nowMs: number): Result<"pass.list"> {
    const { all } = this.#table;
    const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
    return all
      .slice(from, from + limit)
      .map((pass) => ({ ...shown(pass), isOver: isOver(pass, nowMs), watching: [...this.#options.addressesOf(pass.id)] }));
  }

  /** Throws a ControlError for one that is not there, and for one that would be there again. */
  async revoke(id: string): Promise<void> {
    if (!this.#table.remove(id)) throw new ControlError("refused", `there is no pass ${id}; pass list shows those that there are`);
    this.#end(id);
    const problem = await this.#save();
    if (problem !== null)
      throw new ControlError("refused", `${id} has ended, but would be good again after a restart of the daemon: ${problem}`);
  }

  /** Once a second. */
  look(nowMs: number): void {
    const { ended, hasForgotten } = this.#table.takeEnded(nowMs);
    for (const id of ended) this.#end(id);
    if (hasForgotten) void this.#save();
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #prove(channel: string, given: Params<"session.join">["pass"], { nonce }: Caller, nowMs: number) {
    if (given === undefined)
      throw new ControlError("noPass", `${channel} is for who has a pass: give it with --pass, or ask its operator for one`);
    if (nonce === null) throw new ControlError("noPass", "call server.hello first: it gives the nonce to prove with");
    const pass = this.#table.find(given.id);
    const nonces = noncesOf(nonce, given.nonce);
    // What is wrong with a pass is told only to who has it.
    if (pass === null || !isSameProof(given.proof, passProof(pass, channel, nonces))) {
      throw new ControlError("noPass", `the pass ${given.id}-… is not good here: it is mistyped, or was revoked`);
    }
    if (isOver(pass, nowMs)) throw new ControlError("noPass", `the time of the pass ${pass.id}-… is over`);
    if (pass.channels?.includes(channel) === false) {
      throw new ControlError("noPass", `the pass ${pass.id}-… is for ${pass.channels.join(", ")}, not for ${channel}`);
    }
    return { pass, nonces };
  }

  #end(id: string): void {
    this.#options.onEnded(id);
    for (const [channel, key] of this.#keys) {
      if (!key.forbid(id)) continue;
      this.#options.log.info(`the pass ${id} has ended: ${channel} gets another key`);
      this.#changeKey(channel, key);
    }
  }

  #changeKey(channel: string, key: ChannelKey): void {
    key.beginChange();
    this.#options.onKeyAhead(channel, KEY_LEAD_MS);
    const timer = setTimeout(() => {
      this.#timers.delete(channel);
      const { master, isSpoilt } = key.endChange();
      this.#options.onKey(channel, master);
      if (isSpoilt) this.#changeKey(channel, key);
    }, KEY_LEAD_MS);
    this.#timers.set(channel, timer);
  }

  /** What is new. Said each time where it cannot be written, and once where nothing is kept. */
  async #keep(): Promise<void> {
    const { file, log } = this.#options;
    const problem = await this.#save();
    if (problem !== null) log.warn(`${problem}: passes that are made now are forgotten at a restart`);
    if (file === null && !this.#hasWarned)
      log.warn(
        "passes are forgotten at a restart: this daemon keeps no state (it plays films of the command line, or another one has state.dir)",
      );
    this.#hasWarned = true;
  }

  /** Why it is not kept what passes there are; null if it is. Where nothing is kept there is nothing to go wrong. */
  async #save(): Promise<string | null> {
    return (await this.#options.file?.save(this.#table.all)) ?? null;
  }
}

function shown({ id, name, channels, hosts, createdMs, untilMs }: StoredPass) {
  return {
    id,
    name,
    channels: channels === null ? null : [...channels],
    hosts,
    created: new Date(createdMs).toISOString(),
    until: untilMs === null ? null : new Date(untilMs).toISOString(),
  };
}
