import type { RouteRecordRaw } from 'vue-router'
import { deskWords as t } from './desk-words.ts'

export const deskRoutes: RouteRecordRaw[] = [
  {
    path: '/ops',
    component: () => import('./desk-page.vue'),
    children: [
      { path: '', component: () => import('./overview/overview-page.vue'), meta: { title: () => t('overview') } },
      { path: 'devices', component: () => import('./devices/devices-page.vue'), meta: { title: () => t('devices') } },
      { path: 'devices/:id', component: () => import('./device/device-page.vue'), meta: { title: () => t('devices') } },
      { path: 'alarms', component: () => import('./alarms/alarms-page.vue'), meta: { title: () => t('alarms') } },
      { path: 'orders', component: () => import('./orders/orders-page.vue'), meta: { title: () => t('orders') } },
      { path: 'reports', component: () => import('./reports/reports-page.vue'), meta: { title: () => t('reports') } },
      { path: 'boards', component: () => import('./boards/boards-page.vue'), meta: { title: () => t('boards') } },
    ],
  },
]
