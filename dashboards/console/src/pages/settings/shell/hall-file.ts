import { get, patch, type Shape } from '../../../api/client.ts'
import { type Loaded, useLoaded } from '../../../parts/load.ts'

export type Settings = Shape<'Settings'>
export type Saved = Shape<'SettingsSaved'>
export type Problem = Shape<'Problem'>
type Asked = NonNullable<NonNullable<Parameters<typeof patch<'/api/v1/settings'>>[1]>['body']>
/** One typed change of hall.yaml; the gateway finds the lines. */
export type Change = Asked['changes'][number]
export type ChangeOf<Do extends Change['do']> = Extract<Change, { do: Do }>

export const useSettings = (): Loaded<Settings> => useLoaded((signal) => get('/api/v1/settings', { signal }))

/** What the changes would write; nothing is written. Throws ApiFailure. */
export const wouldWrite = (revision: string, changes: readonly Change[]): Promise<Saved> =>
  patch('/api/v1/settings', { body: { revision, changes: [...changes], dryRun: true } })

/** Checks, writes and applies, all or nothing. Throws ApiFailure; 409 for a file that changed meanwhile. */
export const write = (revision: string, changes: readonly Change[]): Promise<Saved> =>
  patch('/api/v1/settings', { body: { revision, changes: [...changes], dryRun: false } })
