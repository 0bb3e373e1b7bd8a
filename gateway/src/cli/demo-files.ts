import { fileURLToPath } from 'node:url'

/** Scenarios, playlists and presets that come with the program. */
export const demosFolder = fileURLToPath(new URL('../../demos', import.meta.url))
/** Facts and price lists that come with the program. */
export const factsFolder = fileURLToPath(new URL('../../facts', import.meta.url))
