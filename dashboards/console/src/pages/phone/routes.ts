import type { RouteRecordRaw } from 'vue-router'
import { phoneTitles as t } from './titles.ts'

export const phoneRoutes: RouteRecordRaw[] = [
  {
    path: '/m',
    component: () => import('./phone-layout.vue'),
    children: [
      { path: '', redirect: '/m/orders' },
      { path: 'orders', component: () => import('./orders/orders-page.vue'), meta: { title: () => t('orders') } },
      {
        path: 'orders/:id',
        component: () => import('./order/order-page.vue'),
        props: true,
        meta: { title: () => t('order') },
      },
      { path: 'alarms', component: () => import('./alarms/alarms-page.vue'), meta: { title: () => t('alarms') } },
      { path: 'devices', component: () => import('./devices/devices-page.vue'), meta: { title: () => t('devices') } },
      {
        path: 'devices/:id',
        component: () => import('./devices/device-page.vue'),
        props: true,
        meta: { title: () => t('device') },
      },
      { path: 'scan', component: () => import('./scan/scan-page.vue'), meta: { title: () => t('scan') } },
      { path: 'me', component: () => import('./me/me-page.vue'), meta: { title: () => t('me') } },
    ],
  },
]
