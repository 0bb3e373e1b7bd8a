import { z } from 'zod'
import { bilingualSchema } from './scenario-schema.ts'

const entrySchema = z.union([
  z.string().transform((scenario) => ({ scenario, inputs: {} as Record<string, number> })),
  z.strictObject({ scenario: z.string(), inputs: z.record(z.string(), z.number()).default({}) }),
])

/** gateway/demos/playlists.yaml: what is played one after the other. */
export const playlistsSchema = z.strictObject({
  playlists: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
        name: bilingualSchema,
        minutes: z.number().positive().nullable(),
        loop: z.boolean().default(false),
        scenarios: z.array(entrySchema).min(1).max(22),
      }),
    )
    .max(50),
})
export type Playlist = z.infer<typeof playlistsSchema>['playlists'][number]

/** gateway/demos/presets.yaml: what a hall of each type plays. */
export const presetsSchema = z.strictObject({ presets: z.record(z.string(), z.array(z.string())) })
export type Presets = z.infer<typeof presetsSchema>['presets']
