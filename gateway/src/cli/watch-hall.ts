import { watchFiles } from '../config/watch-files.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Gateway } from '../gateway.ts'
import type { Log } from '../ports/log.ts'
import type { ProfileLibrary } from '../profiles/profiles.ts'
import { loadHall, profilesFolder } from './load-hall.ts'

/**
 * Applies every change of the hall file or of a profile to the running gateway. A file with problems is refused and said
 * once; the hall that runs stays as it is until the file is valid again.
 */
export function watchHall(parts: { file: string; library: ProfileLibrary; gateway: Gateway; log: Log }): () => void {
  const { file, library, gateway, log } = parts
  let last = Promise.resolve()
  let refused: string | undefined
  const reload = async () => {
    try {
      await library.reload()
      const changes = await gateway.apply(await loadHall(file, library))
      const text = Object.entries(changes).map(([what, ids]) => `${what} ${ids.length > 0 ? ids.join(', ') : 'none'}`)
      const was = refused
      refused = undefined
      const what = `applied: ${text.join('; ')}.`
      if (was === undefined) log.info(changes, `${file} ${what}`)
      else log.info({ was, ...changes }, `${file} is valid again and ${what}`)
    } catch (error) {
      if (!(error instanceof HallwattError)) throw error
      refused = error.code
      gateway.refuseConfiguration(error)
      log.error({ code: error.code }, `${error.message}\nThe hall keeps running as before.`)
    }
  }
  // One reload at a time, in order: two quick edits must not overtake each other.
  return watchFiles({ files: [file], folders: [profilesFolder] }, () => {
    last = last.then(reload)
  })
}
