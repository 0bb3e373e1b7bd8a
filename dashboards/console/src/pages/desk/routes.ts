import type { RouteRecordRaw } from 'vue-router'

export const deskRoutes: RouteRecordRaw[] = [{ path: '/ops', component: () => import('./desk-page.vue') }]
