// The service worker: keeps the shell of the console, so that a phone opens it in a dead spot. It never keeps an answer of the API:
// what a page may show without the gateway, the page itself keeps (offline/kept-orders.ts).
export {}

declare const self: ServiceWorkerGlobalScope
/** Put in by build/offline-list.ts. */
declare const __OFFLINE_LIST__: { readonly version: string; readonly files: readonly string[] }

const { version, files } = __OFFLINE_LIST__
const CACHE = `hallwatt-${version}`

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...files])))
})

self.addEventListener('activate', (event) => {
  const clean = async () => {
    for (const name of await caches.keys())
      if (name.startsWith('hallwatt-') && name !== CACHE) await caches.delete(name)
    await self.clients.claim()
  }
  event.waitUntil(clean())
})

self.addEventListener('message', ({ data }) => {
  if (data === 'take-over') self.skipWaiting()
})

const PAGES = /^\/(?:m|ops|settings|login|counter|guide)?(?:\/|$)/

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate' && PAGES.test(url.pathname)) event.respondWith(pageOf(request))
  else if (url.pathname.startsWith('/assets/')) event.respondWith(keptOr(request))
})

/** The newest page while the gateway answers, the kept one when it does not. */
async function pageOf(request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch (error) {
    const kept = await caches.match('/')
    if (kept) return kept
    throw error
  }
}

const keptOr = async (request: Request): Promise<Response> => (await caches.match(request)) ?? fetch(request)
