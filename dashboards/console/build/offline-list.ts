import { createHash } from 'node:crypto'
import type { Plugin } from 'vite'

/** Stands in src/offline/sw.ts where the list of the build goes. */
const PLACE = '__OFFLINE_LIST__'

/** Pages that a technician works with in a dead spot; the desk is opened at a desk. */
const KEPT_PAGES = /\/src\/pages\/(?:phone|login)\//
/** Of the files that belong to no page: the live stream's worker. */
const KEPT_FILES = /^assets\/stream\.worker-/

/** Writes into the service worker which files of this build it keeps, and a version that changes with any of them. */
export function offlineList(): Plugin {
  return {
    name: 'hallwatt-offline-list',
    apply: 'build',
    generateBundle(_options, bundle) {
      const worker = bundle['sw.js']
      if (worker?.type !== 'chunk') throw new Error('the build made no sw.js')
      const kept = new Set(Object.keys(bundle).filter((name) => KEPT_FILES.test(name)))
      const keep = (name: string): void => {
        const file = bundle[name]
        if (file?.type !== 'chunk' || kept.has(name)) return
        kept.add(name)
        for (const style of file.viteMetadata?.importedCss ?? []) kept.add(style)
        for (const needed of file.imports) keep(needed)
      }
      for (const file of Object.values(bundle))
        if (
          file.type === 'chunk' &&
          (file.name === 'index' ? file.isEntry : file.moduleIds.some((id) => KEPT_PAGES.test(id)))
        )
          keep(file.fileName)
      const files = [...kept].sort()
      const version = createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 12)
      // The page itself is written later than this; it stands under `/`.
      const list = JSON.stringify({ version, files: ['/', ...files.map((name) => `/${name}`)] })
      if (!worker.code.includes(PLACE)) throw new Error(`sw.ts does not use ${PLACE}`)
      worker.code = worker.code.replace(PLACE, () => list)
    },
  }
}
