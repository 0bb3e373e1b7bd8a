import type { HallChanges } from '../config/hall-changes.ts'
import { watchFiles } from '../config/watch-files.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Gateway } from '../gateway.ts'
import type { Log } from '../ports/log.ts'
import type { ProfileLibrary } from '../profiles/profiles.ts'
import type { OpenedHallSource } from './hall-source.ts'
import { loadHall, profilesFolder } from './load-hall.ts'

const NOTHING: HallChanges = { added: [], changed: [], removed: [], atNextStart: [] }

/**
 * Applies every change of the hall file or of a profile to the running gateway. A file with problems is refused and said
 * once; the hall that runs stays as it is until the file is valid again.
 */
export function watchHall(parts: {
  source: OpenedHallSource
  library: ProfileLibrary
  gateway: Gateway
  log: Log
}): () => void {
  const { source, library, gateway, log } = parts
  const { file } = source
  let last: Promise<unknown> = Promise.resolve()
  let refused: string | undefined
  let applied: string | undefined

  async function reload(): Promise<HallChanges> {
    const { changed } = await library.reload()
    const text = await source.read()
    // What the console wrote is applied already when the watch on the file hears of it.
    if (text === applied && changed.length === 0 && refused === undefined) return NOTHING
    const changes = await gateway.apply(await loadHall(file, library))
    applied = text
    const what = Object.entries(changes).map(([name, ids]) => `${name} ${ids.length > 0 ? ids.join(', ') : 'none'}`)
    const was = refused
    refused = undefined
    const said = `applied: ${what.join('; ')}.`
    if (was === undefined) log.info(changes, `${file} ${said}`)
    else log.info({ was, ...changes }, `${file} is valid again and ${said}`)
    return changes
  }

  async function reloadOrRefuse(): Promise<HallChanges> {
    try {
      return await reload()
    } catch (error) {
      if (error instanceof HallwattError) {
        refused = error.code
        gateway.refuseConfiguration(error)
        log.error({ code: error.code }, `${error.message}\nThe hall keeps running as before.`)
      } else log.error({ code: 'HW_INTERNAL', error: String(error) }, `${file} could not be applied`)
      throw error
    }
  }

  // One reload at a time, in order: two quick edits must not overtake each other.
  function next(): Promise<HallChanges> {
    const done = last.then(reloadOrRefuse)
    last = done.catch(() => {})
    return done
  }

  source.applyWith(next)
  return watchFiles({ files: [file], folders: [profilesFolder] }, () => {
    // Said already.
    next().catch(() => {})
  })
}
