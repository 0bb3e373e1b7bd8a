import { createHash, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import type { ExtraNode, FlowStart } from '../../gateway/src/flows/flow-messages.ts'
import type { Link } from './link.ts'
import type { FlowStorage } from './storage.ts'

/** Under this address the gateway shows the editor. */
export const ROOT = '/flows'

/** Seconds a function node may take; a longer one is stopped by the interpreter, before the heartbeat ends the process. */
const FUNCTION_TIMEOUT_S = 5

const EXTRA_FILES: Record<ExtraNode, string> = {
  http: '21-httprequest.js',
  tcp: '31-tcpin.js',
  udp: '32-udp.js',
  websocket: '22-websocket.js',
}

/**
 * Core nodes left out. exec: flows start no programs. httpin: an address of the hall that asks nobody who they are; what comes
 * in comes by MQTT or the REST API. HTML, XML: memory that few flows need. The rest unless the hall asks for it; http costs 9 MB,
 * and `hallwatt http` does for most.
 */
const excludedNodes = (extra: readonly ExtraNode[]): string[] => [
  '90-exec.js',
  '21-httpin.js',
  '06-httpproxy.js',
  '70-HTML.js',
  '70-XML.js',
  '23-watch.js',
  ...Object.entries(EXTRA_FILES).flatMap(([name, file]) => ((extra as readonly string[]).includes(name) ? [] : [file])),
]

/** Settings of Node-RED: everything stays on this machine, nothing is installed, and only the gateway may speak to the editor. */
export function nodeRedSettings(parts: {
  readonly start: FlowStart
  readonly storage: FlowStorage
  readonly link: Link
  readonly log: (entry: object) => void
}) {
  const { start, storage, link } = parts
  const expected = digest(start.key)
  return {
    userDir: start.folder,
    nodesDir: [join(import.meta.dirname, '..', 'nodes')],
    nodesExcludes: excludedNodes(start.extraNodes),
    storageModule: storage,
    credentialSecret: start.credentialSecret,
    httpAdminRoot: ROOT,
    httpNodeRoot: false,
    httpStatic: null,
    safeMode: start.safeMode,
    lang: 'zh-CN',
    adminAuth: {
      tokenHeader: 'x-hallwatt-flows',
      async tokens(token: string) {
        const [key = '', user = ''] = token.split(/\.(.*)/s)
        if (!timingSafeEqual(digest(key), expected)) return null
        return { username: decodeURIComponent(user), permissions: '*' }
      },
    },
    telemetry: { enabled: false, updateNotification: false },
    externalModules: {
      autoInstall: false,
      palette: { allowInstall: false, allowUpload: false, allowUpdate: false },
      modules: { allowInstall: false },
    },
    functionExternalModules: false,
    functionTimeout: FUNCTION_TIMEOUT_S,
    globalFunctionTimeout: FUNCTION_TIMEOUT_S,
    functionGlobalContext: {},
    exportGlobalContextKeys: false,
    fileWorkingDirectory: start.folder,
    contextStorage: { default: { module: 'memory' } },
    diagnostics: { enabled: false, ui: false },
    runtimeState: { enabled: true, ui: true },
    nodeMessageBufferMaxLength: 1000,
    debugMaxLength: 1000,
    debugUseColors: false,
    mqttReconnectTime: 2000,
    apiMaxLength: '5mb',
    logging: {
      console: { level: 'off' },
      gateway: { level: 'warn', metrics: false, audit: false, handler: () => parts.log },
    },
    paletteCategories: ['Hallwatt', 'subflows', 'common', 'function', 'network', 'sequence', 'parser', 'storage'],
    editorTheme: {
      page: { title: `Hallwatt · ${start.hall.name}` },
      header: { title: `Hallwatt · ${start.hall.name}`, url: '/' },
      palette: { catalogues: [] },
      projects: { enabled: false },
      codeEditor: { lib: 'monaco' },
      tours: false,
      userMenu: false,
      multiplayer: { enabled: false },
      mermaid: { theme: 'default' },
      menu: {
        'menu-item-import-library': false,
        'menu-item-export-library': false,
        'menu-item-help': { label: 'Hallwatt', url: '/' },
      },
    },
    hallwatt: link,
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
