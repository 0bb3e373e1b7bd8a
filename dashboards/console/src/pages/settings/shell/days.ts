import type { Settings } from './hall-file.ts'

export type Day = Settings['site']['openingHours'][number]['days'][number]
export const DAYS: readonly Day[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
