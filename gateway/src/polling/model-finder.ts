import { type Located, locatedBy } from '../profiles/locate-models.ts'
import type { ModbusProfile } from '../profiles/profile-schema.ts'
import { SUNSPEC_BASES, type SunSpecMap, SunSpecWalk } from '../profiles/sunspec-walk.ts'
import { blockOf, type ReadBlock } from './read-plan.ts'

/** The walk over the models of one polled device, one request at a time. */
export class ModelFinder {
  readonly #profile: ModbusProfile
  #walk: SunSpecWalk
  #base: number | undefined

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
    return this.#walk.request ? undefined : locatedBy(this.#profile, this.#remember(this.#walk.map))
  }

  /** From the beginning: what answers now may be another device. The base it had before is asked first. */
  restart(): void {
    const bases = this.#profile.sunspec?.bases ?? SUNSPEC_BASES
    const known = this.#base
    this.#walk = new SunSpecWalk(known === undefined ? bases : [known, ...bases.filter((base) => base !== known)])
  }

  #remember(map: SunSpecMap | undefined): SunSpecMap | undefined {
    this.#base = map?.base ?? this.#base
    return map
  }
}
