import { get, type Shape } from '../../../api/client.ts'
import { type Loaded, useLoaded } from '../../../parts/load.ts'

export type Person = Shape<'PersonList'>['persons'][number]

/** Who repairs in this hall. */
export const usePersons = (): Loaded<Shape<'PersonList'>> => useLoaded((signal) => get('/api/v1/persons', { signal }))
