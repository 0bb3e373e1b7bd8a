import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Editors write a file in several steps (truncate, write, rename): wait until they are done. */
const SETTLE_MS = 200

/**
 * Calls `onChange` once after a watched file, or any file below a watched folder, was changed and has been quiet for 200 ms.
 * The folder of a file is watched, not the file, because editors replace files and a watch on the old one would see nothing.
 */
export function watchFiles(
  paths: { files: readonly string[]; folders: readonly string[] },
  onChange: () => void,
): () => void {
  let timer: NodeJS.Timeout | undefined
  const settle = () => {
    clearTimeout(timer)
    timer = setTimeout(onChange, SETTLE_MS)
  }
  const watchers: FSWatcher[] = [
    ...paths.files.map((file) => watch(dirname(file), (_event, name) => name === basename(file) && settle())),
    ...paths.folders.map((folder) => watch(folder, { recursive: true }, settle)),
  ]
  // A watched folder that goes away must not end the gateway; the running configuration simply stays.
  for (const watcher of watchers) watcher.on('error', () => watcher.close())
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}
