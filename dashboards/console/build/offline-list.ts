import { createHash } from 'node:crypto'
import type { Plugin } from 'vite'

/** Stands in src/offline/sw.ts where the list of the build goes. */
const PLACE = '__OFFLINE_LIST__'

/** What a phone keeps for a dead spot: the shell and the pages a technician works with; the desk is opened at a desk. */
const KEPT = /^(?:index\.html|assets\/.*\.(?:js|css))$/
const DESK_ONLY = /assets\/(?:desk|settings|chart|jsqr)-/

/** Writes into the service worker which files of this build it keeps, and a version that changes with any of them. */
export function offlineList(): Plugin {
  return {
    name: 'hallwatt-offline-list',
    apply: 'build',
    generateBundle(_options, bundle) {
      const worker = bundle['sw.js']
      if (worker?.type !== 'chunk') throw new Error('the build made no sw.js')
      const files = Object.keys(bundle).filter((name) => KEPT.test(name) && !DESK_ONLY.test(name))
      const version = createHash('sha256').update(files.sort().join('\n')).digest('hex').slice(0, 12)
      const list = JSON.stringify({ version, files: files.map((name) => (name === 'index.html' ? '/' : `/${name}`)) })
      if (!worker.code.includes(PLACE)) throw new Error(`sw.ts does not use ${PLACE}`)
      worker.code = worker.code.replace(PLACE, () => list)
    },
  }
}
