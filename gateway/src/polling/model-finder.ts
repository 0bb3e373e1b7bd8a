import { type Located, locatedBy } from '../profiles/locate-models.ts'
import type { ModbusProfile } from '../profiles/profile-schema.ts'
import { SUNSPEC_BASES, SunSpecWalk } from '../profiles/sunspec-walk.ts'
import { blockOf, type ReadBlock } from './read-plan.ts'

/** The walk over the models of one polled device, one request at a time. */
export class ModelFinder {
  readonly #profile: ModbusProfile
  #walk: SunSpecWalk

  constructor(profile: ModbusProfile) {
    this.#profile = profile
    this.#walk = new SunSpecWalk(profile.sunspec?.bases)
  }

  /** The next request as a block of its own; undefined when the walk is over. */
  get block(): ReadBlock | undefined {
    const { request } = this.#walk
    return request && blockOf(request)
  }

  /** @param words undefined: refused */
  done(words: readonly number[] | undefined): Located | undefined {
    this.#walk.done(words)
    return this.#walk.request ? undefined : locatedBy(this.#profile, this.#walk.map)
  }

  /** Nothing came: a dead device is asked no more often, only elsewhere the next time. */
  silent(): void {
    this.#walk.silent()
  }

  /** From the beginning: what answers now may be another device. The base it had, or the one whose turn it is, is asked first. */
  restart(): void {
    const bases = this.#profile.sunspec?.bases ?? SUNSPEC_BASES
    const { base: first } = this.#walk
    this.#walk = new SunSpecWalk(first === undefined ? bases : [first, ...bases.filter((base) => base !== first)])
  }
}
