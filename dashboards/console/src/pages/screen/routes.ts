import type { RouteRecordRaw } from 'vue-router'

/** For the audience: nobody signs in, and what concerns the console itself is not shown. The page writes its own title. */
export const screenRoutes: RouteRecordRaw[] = [
  { path: '/screen/:name', component: () => import('./screen-page.vue'), meta: { open: true, audience: true } },
]
