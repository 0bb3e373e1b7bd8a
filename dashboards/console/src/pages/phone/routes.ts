import type { RouteRecordRaw } from 'vue-router'

export const phoneRoutes: RouteRecordRaw[] = [{ path: '/m', component: () => import('./phone-page.vue') }]
