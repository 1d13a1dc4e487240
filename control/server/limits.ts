// What a client of the control channel may use up. Tests inject smaller ones.
import { framingLimits, type FramingLimits } from "../framing.ts";

export type ControlLimits = {
  readonly framing: FramingLimits;
  readonly maxClients: number;
  /** Places beside `maxClients`, for the Unix socket and for those who proved the token. */
  readonly maxOperators: number;
  /** Places in which a connection may do nothing but become an operator, when every client's place is taken. */
  readonly maxDoorstep: number;
  /** Answers that wait to be read; above it the client is disconnected. */
  readonly maxUnreadBytes: number;
  /** Answers of one batch; the calls after that are answered with −32005. */
  readonly maxBatchAnswerBytes: number;
  readonly callsPerSecond: number;
  /** Calls that may come at once, so that a batch of 50 and a greeting fit. */
  readonly callBurst: number;
  /** Calls over the rate that are answered with −32005, after `callBurst` of them; what comes beyond these waits and is answered later. */
  readonly refusalsPerSecond: number;
  /** How long a connection that calls too often is not read. */
  readonly throttleMs: number;
  /** Until the first call. */
  readonly helloMs: number;
  /** Without a report or ping (members), without a call (others). */
  readonly idleMs: number;
  /** How long a closed connection is still read, so that its last answer is not lost to a reset. */
  readonly lingerMs: number;
  readonly reportIntervalMs: number;
  /** Attempts at `session.auth` by one address: at once, and a second. */
  readonly authBurst: number;
  readonly authPerSecond: number;
};

export const controlLimits: ControlLimits = {
  framing: framingLimits,
  maxClients: 1024,
  maxOperators: 64,
  maxDoorstep: 16,
  maxUnreadBytes: 65_536,
  maxBatchAnswerBytes: 262_144,
  callsPerSecond: 50,
  callBurst: 100,
  refusalsPerSecond: 10,
  throttleMs: 200,
  helloMs: 10_000,
  idleMs: 30_000,
  lingerMs: 1_000,
  reportIntervalMs: 1_000,
  authBurst: 5,
  authPerSecond: 0.5,
};
