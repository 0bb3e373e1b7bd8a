import { shallowRef } from 'vue'
import { get, type Shape } from '../api/client.ts'
import { named } from '../words/language.ts'

type Vocabulary = Shape<'Vocabulary'>
type Quantity = Vocabulary['quantities'][number]
/** What a state is called, and the fault it stands for, if any. */
export type StateWord = NonNullable<Quantity['words']>[string]

const quantities = shallowRef(new Map<string, Quantity>())
const kinds = shallowRef(new Map<string, Vocabulary['kinds'][number]>())
const qualifiers = shallowRef<Vocabulary['qualifiers']>({})
let asked = false

async function load(): Promise<void> {
  try {
    const vocabulary = await get('/api/v1/vocabulary')
    quantities.value = new Map(vocabulary.quantities.map((each) => [each.id, each]))
    kinds.value = new Map(vocabulary.kinds.map((each) => [each.id, each]))
    qualifiers.value = vocabulary.qualifiers
  } catch {
    asked = false // asked for anew with the next page; until then ids are shown
  }
}

/** Reads the closed lists once per page; until they are there, names are ids. */
export function needVocabulary(): void {
  if (asked) return
  asked = true
  void load()
}

const quantityOf = (id: string): Quantity | undefined => quantities.value.get(id.split('.', 1)[0] ?? id)

/** `有功功率`, `纸张（凭条）`; the id itself for what the vocabulary does not know. */
export function quantityName(id: string): string {
  const quantity = quantityOf(id)
  if (!quantity) return id
  const qualifier = id.split('.')[1]
  if (qualifier === undefined) return named(quantity)
  const known = qualifiers.value[qualifier]
  return `${named(quantity)} (${known ? named(known) : qualifier})`
}

/** What the value of a state quantity is called: `卡纸`; undefined for a number or an unknown word. */
export const stateWord = (id: string, value: unknown): StateWord | undefined =>
  typeof value === 'string' ? quantityOf(id)?.words?.[value] : undefined

/** Canonical unit of a quantity; '' where it has none or is unknown. */
export const quantityUnit = (id: string): string => quantityOf(id)?.unit ?? ''

/** True for a quantity that tells the state of a part. */
export const isState = (id: string): boolean => quantityOf(id)?.type === 'state'

export const kindName = (kind: string): string => named(kinds.value.get(kind)) || kind
