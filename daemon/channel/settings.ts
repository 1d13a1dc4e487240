/**
 * The hot keys of one channel: what the configuration says, and what an operator has put above it. Pure.
 * An override ends when it is reset, when it says the same as the configuration, or when its key changes there.
 */

import { hotKeys, isHotValue, readSetting, withSettings } from "../../config/hot-keys.ts";
import type { HotSetting, HotValue } from "../../config/hot-keys.ts";
import type { ChannelConfig } from "../../config/schema.ts";

export type Override = HotSetting & {
  /** What the configuration says. */
  readonly configured: HotValue;
};

export class ChannelSettings {
  #configured: ChannelConfig;
  readonly #overrides = new Map<string, HotValue>();
  #inForce: ChannelConfig;

  constructor(configured: ChannelConfig) {
    this.#configured = configured;
    this.#inForce = configured;
  }

  /** The configuration with the overrides in it. */
  get inForce(): ChannelConfig {
    return this.#inForce;
  }

  /** What the configuration says at a hot key. */
  configuredValue(key: string): HotValue {
    const value = readSetting(this.#configured, key);
    return isHotValue(value) ? value : null;
  }

  /** In the order of the schema. */
  get overrides(): readonly Override[] {
    return hotKeys.flatMap((key) => {
      const value = this.#overrides.get(key);
      return value === undefined ? [] : [{ key, value, configured: this.configuredValue(key) }];
    });
  }

  /** Puts a value above the configuration. Returns the keys whose value in force has changed. */
  override({ key, value }: HotSetting): readonly string[] {
    return this.#change(() => {
      if (value === this.configuredValue(key)) this.#overrides.delete(key);
      else this.#overrides.set(key, value);
    });
  }

  /** Takes one override away, or all. Returns the keys whose value in force has changed. */
  reset(key: string | null): readonly string[] {
    return this.#change(() => {
      if (key === null) this.#overrides.clear();
      else this.#overrides.delete(key);
    });
  }

  /** The configuration says something else now; overrides of these keys end. Returns the keys whose value in force has changed. */
  reconfigure(settings: readonly HotSetting[]): readonly string[] {
    return this.#change(() => {
      this.#configured = withSettings(this.#configured, settings);
      for (const { key } of settings) this.#overrides.delete(key);
    });
  }

  /** A derived group has moved on. */
  moveTo(group: string): void {
    this.#change(() => {
      this.#configured = { ...this.#configured, group };
    });
  }

  #change(action: () => void): readonly string[] {
    const before = this.#inForce;
    action();
    this.#inForce = withSettings(
      this.#configured,
      this.overrides.map(({ key, value }) => ({ key, value })),
    );
    return hotKeys.filter((key) => readSetting(before, key) !== readSetting(this.#inForce, key));
  }
}
