import { createRouter, createWebHistory, type RouteLocationNormalized, START_LOCATION } from 'vue-router'
import { startLive } from './live/hall.ts'
import { counterRoutes } from './pages/counter/routes.ts'
import { deskRoutes } from './pages/desk/routes.ts'
import { guideRoutes } from './pages/guide/routes.ts'
import { loginRoutes } from './pages/login/routes.ts'
import { phoneRoutes } from './pages/phone/routes.ts'
import { screenRoutes } from './pages/screen/routes.ts'
import { settingsRoutes } from './pages/settings/routes.ts'
import { homeOf, rememberHome } from './session/home.ts'
import { session } from './session/session.ts'

declare module 'vue-router' {
  interface RouteMeta {
    /** Nobody has to be signed in, not even to read. */
    open?: boolean
    /** Stands before the public: nothing about the console itself is shown. */
    audience?: boolean
    /** Title of the window. */
    title?: () => string
  }
}

const NARROW = '(max-width: 719px)'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', redirect: () => homeOf(session.me.value, matchMedia(NARROW).matches) },
    ...loginRoutes,
    ...phoneRoutes,
    ...deskRoutes,
    ...settingsRoutes,
    ...counterRoutes,
    ...guideRoutes,
    ...screenRoutes,
    { path: '/:rest(.*)*', component: () => import('./pages/login/lost-page.vue'), meta: { open: true } },
  ],
  // The first page stands at its top already; to ask for that would cost a layout of the whole page.
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path || from === START_LOCATION ? false : { top: 0 }),
})

/** A link out of a chat survives signing in: where somebody wanted to go stands in `to`. */
router.beforeEach(async (to: RouteLocationNormalized) => {
  fetchPages(to)
  await session.known()
  if (to.meta.open) return true
  const { is } = session.visitor.value
  const me = session.me.value
  if (is === 'nobody' || me?.mustChange) return { name: 'login', query: { to: to.fullPath } }
  startLive()
  return true
})

/** Lets the pages of an address come while the gateway still says who is signed in; the router would ask for one after the other. */
function fetchPages({ matched }: RouteLocationNormalized): void {
  // What does not come now is asked for again, and complained of, by the router.
  for (const { components } of matched)
    for (const page of Object.values(components ?? {}))
      if (typeof page === 'function') void (page as () => Promise<unknown>)().catch(() => {})
}

router.afterEach((to) => {
  rememberHome(to.path)
  const title = to.meta.title?.()
  document.title = title ? `${title} · Hallwatt` : 'Hallwatt'
})
