/** What the power of its plug says about a device that says nothing itself. */
export type SignatureWord =
  /** The plug is switched off: on purpose, so it is no fault. */
  | 'off'
  /** The plug has power and the device takes none. */
  | 'dead'
  /** It takes power; how much is working is not known yet. */
  | 'on'
  | 'idle'
  | 'active'

/** One look at the meter. `powerW` is undefined while the meter cannot be trusted. */
export interface PowerLook {
  readonly atMs: number
  readonly powerW: number | undefined
  /** Relay of the plug, where it has one. */
  readonly switchedOn: boolean | undefined
}

export interface SignatureLimits {
  readonly deadBelowW: number
  readonly holdS: number
  /** Undefined: not given and not learnt yet. */
  readonly activeAboveW: number | undefined
}

export interface SignatureState {
  /** Undefined: nobody can say. */
  readonly word: SignatureWord | undefined
  /** Since when power has been below the limit, without a break. */
  readonly lowSinceMs?: number
}

export const UNKNOWN_SIGNATURE: SignatureState = { word: undefined }

/** A state is left only this far behind the limit that led into it: power is never still. */
const BACK = 0.8

/** What the device is doing after one more look. A meter that is away leaves the device unknown; it never makes it dead. */
export function judgePower(before: SignatureState, look: PowerLook, limits: SignatureLimits): SignatureState {
  const { atMs, powerW, switchedOn } = look
  if (powerW === undefined) return UNKNOWN_SIGNATURE
  if (switchedOn === false) return { word: 'off' }
  const { deadBelowW, holdS } = limits
  // A dead device shows again that it lives by more than the noise of the meter.
  const low = before.word === 'dead' ? powerW < deadBelowW / BACK : powerW < deadBelowW
  if (!low) return { word: working(before, powerW, limits.activeAboveW) }
  const lowSinceMs = before.lowSinceMs ?? atMs
  if (before.word === 'dead' || atMs - lowSinceMs >= holdS * 1000) return { word: 'dead', lowSinceMs }
  return { word: before.word === 'off' ? undefined : before.word, lowSinceMs }
}

function working({ word }: SignatureState, powerW: number, activeAboveW: number | undefined): SignatureWord {
  if (activeAboveW === undefined) return 'on'
  return powerW >= (word === 'active' ? activeAboveW * BACK : activeAboveW) ? 'active' : 'idle'
}
