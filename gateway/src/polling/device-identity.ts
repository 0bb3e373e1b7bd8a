import type { Value } from '../domain/frame.ts'
import type { IdentifyResult } from '../modbus/modbus.ts'
import { type CompiledRegister, NOT_AVAILABLE } from '../profiles/decode-registers.ts'
import type { PolledProfile } from '../profiles/polled.ts'
import { probeFits } from '../profiles/probe-fits.ts'
import type { SunSpecMap } from '../profiles/sunspec-walk.ts'
import type { BlockImage } from './block-image.ts'
import { identityMisfit } from './identity-misfit.ts'
import { ModelFinder } from './model-finder.ts'
import type { ReadBlock } from './read-plan.ts'

/** What shows that the device is another model than its profile is for. */
export interface Misfit {
  /** A quantity, `identification`, or the SunSpec model that is missing. */
  readonly what: string
  readonly value: Value
}

/** Whether what answers is the device the profile is for: its models, its probe quantity, and what it says of itself. */
export class DeviceIdentity {
  /** With wire addresses; of a SunSpec device without registers until its models are found. */
  profile: PolledProfile
  readonly #finder: ModelFinder | undefined
  readonly #canSay: boolean
  #said: 'unknown' | 'wanted' | 'fits' = 'unknown'

  /** @param canSay it has a unit id to be asked who it is */
  constructor(profile: PolledProfile, canSay: boolean) {
    this.#finder = profile.sunspec && new ModelFinder(profile)
    this.profile = this.#finder ? withoutRegisters(profile) : profile
    this.#canSay = canSay
  }

  /** The next request of the walk over its models; undefined when there is none, or no more. */
  get block(): ReadBlock | undefined {
    return this.#finder?.block
  }

  /** It is to be asked who it is, before anything else. */
  get wanted(): boolean {
    return this.#said === 'wanted'
  }

  /** What answers next may be another device, with its models elsewhere. */
  anew(): void {
    this.#said = 'unknown'
    this.#finder?.restart()
  }

  /**
   * One step of the walk. Undefined: it goes on.
   * @param words undefined: refused
   */
  walked(words: readonly number[] | undefined): { readonly places: string } | { readonly misfit: Misfit } | undefined {
    const located = this.#finder?.done(words)
    if (!located) return undefined
    if (located.ok) {
      this.profile = located.profile
      return { places: placesOf(located.map) }
    }
    this.#finder?.restart()
    return { misfit: { what: located.missing, value: NOT_AVAILABLE.bad } }
  }

  /** A step of the walk, if one is under way, had no answer. */
  unheard(): void {
    this.#finder?.silent()
  }

  /** What its probe quantity shows; undefined when it fits, or could not be had. */
  probed(register: CompiledRegister | undefined, image: BlockImage): Misfit | undefined {
    const { probe } = this.profile
    if (!probe || !register || !image.covers(register)) return undefined
    const value = register.decode(image)
    if (probeFits(probe, value)) return undefined
    this.anew()
    return { what: probe.quantity, value: typeof value === 'object' ? value.bad : value }
  }

  /** True when it must be asked who it is now; from then on `wanted`, until it was. */
  wants(): boolean {
    if (!this.profile.identity || this.#said !== 'unknown' || !this.#canSay) return false
    this.#said = 'wanted'
    return true
  }

  /** What it said of itself; undefined when its line cannot ask. */
  said(answer: IdentifyResult | undefined): Misfit | undefined {
    const other = this.profile.identity && identityMisfit(this.profile.identity, answer)
    if (other === undefined) {
      this.#said = 'fits'
      return undefined
    }
    this.anew()
    return { what: 'identification', value: other }
  }
}

function withoutRegisters({ variants: _, ...profile }: PolledProfile): PolledProfile {
  return { ...profile, registers: [] }
}

const placesOf = ({ base, models }: SunSpecMap): string =>
  `${base}:${models.map(({ id, length }) => `${id}+${length}`).join(',')}`
