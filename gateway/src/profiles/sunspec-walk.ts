/** One model of a SunSpec device, where it stands in the holding registers. */
export interface SunSpecModel {
  readonly id: number
  /** Wire address of the register that holds the model's id: offset 0 of the model's own document. */
  readonly address: number
  /** Registers after id and length. */
  readonly length: number
}

export interface SunSpecMap {
  /** Wire address of the marker 'SunS'. */
  readonly base: number
  readonly models: readonly SunSpecModel[]
}

/** Two holding registers: the marker, or id and length of a model. */
export interface WalkRequest {
  readonly table: 'holding'
  readonly address: number
  readonly count: 2
}

/** Where the marker may stand (SunSpec Device Information Model, §6.2), the usual place first. */
export const SUNSPEC_BASES = [40_000, 0, 50_000] as const
const MARKER = [0x5375, 0x6e53] as const
const END_MODEL = 0xffff
/** More models than this is a map that goes round in a circle. */
const MOST_MODELS = 60

/**
 * Finds the models of a device, two registers at a time: the marker at one of the bases, then id and length of each model up to
 * the end model. Knows no line: whoever uses it reads `request` and tells what came. A device that refuses to be read beyond its
 * last model has ended there.
 */
export class SunSpecWalk {
  /** Where the marker may still be; the first is asked. */
  readonly #bases: number[]
  /** Undefined while the marker is looked for. */
  #next: number | undefined
  #models: SunSpecModel[] = []
  #over = false

  constructor(bases: readonly number[] = SUNSPEC_BASES) {
    this.#bases = [...bases]
    this.#over = bases.length === 0
  }

  /** Undefined when the walk is over. */
  get request(): WalkRequest | undefined {
    if (this.#over) return undefined
    return { table: 'holding', address: this.#next ?? this.#bases[0]!, count: 2 }
  }

  /** Where the marker is, or is looked for next; undefined when there is none. */
  get base(): number | undefined {
    return this.#bases[0]
  }

  /** What was found, once the walk is over; undefined when there is no marker. */
  get map(): SunSpecMap | undefined {
    if (!this.#over || this.#next === undefined) return undefined
    return { base: this.#bases[0]!, models: this.#models }
  }

  /** @param words the two registers that were asked for, or undefined when the device refused them */
  done(words: readonly number[] | undefined): void {
    if (this.#over) return
    if (this.#next === undefined) this.#takeMarker(words)
    else this.#takeHead(this.#next, words)
  }

  /**
   * Nothing came. Some devices say nothing at all to an address they do not have, so the marker is looked for at the other places
   * before it is here again; a model is asked for again.
   */
  silent(): void {
    if (this.#next === undefined) this.#bases.push(...this.#bases.splice(0, 1))
  }

  #takeMarker(words: readonly number[] | undefined): void {
    if (words?.[0] === MARKER[0] && words[1] === MARKER[1]) this.#next = this.#bases[0]! + 2
    else {
      this.#bases.shift()
      this.#over = this.#bases.length === 0
    }
  }

  #takeHead(address: number, words: readonly number[] | undefined): void {
    const [id, length] = words ?? []
    if (id === undefined || length === undefined || id === END_MODEL || id === 0) {
      this.#over = true
      return
    }
    this.#models.push({ id, address, length })
    this.#next = address + length + 2
    // No head fits behind the last register there is.
    if (this.#models.length >= MOST_MODELS || this.#next > 65_534) this.#over = true
  }
}

/** The two registers, undefined when the device refused them, 'silent' when nothing came. */
export type WalkRead = (request: WalkRequest) => Promise<readonly number[] | undefined | 'silent'>

/** @returns undefined when there is no marker; 'silent' when it may be where nothing came, or nothing came within the models */
export async function walkSunSpec(
  read: WalkRead,
  bases?: readonly number[],
): Promise<SunSpecMap | undefined | 'silent'> {
  const walk = new SunSpecWalk(bases)
  const unheard = new Set<number>()
  for (let { request } = walk; request; { request } = walk) {
    if (unheard.has(request.address)) return 'silent'
    const words = await read(request)
    if (words !== 'silent') walk.done(words)
    else {
      unheard.add(request.address)
      walk.silent()
    }
  }
  return walk.map
}
