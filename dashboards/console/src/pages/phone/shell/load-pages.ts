/** Long enough for the page that was asked for to come first. */
const AFTER_MS = 1_500

/**
 * Brings the other pages of the phone before they are asked for: in a dead spot there is nobody to bring them, and over plain HTTP
 * no service worker that kept them.
 */
export async function loadPages(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, AFTER_MS))
  await Promise.allSettled([
    import('../orders/orders-page.vue'),
    import('../order/order-page.vue'),
    import('../alarms/alarms-page.vue'),
    import('../devices/devices-page.vue'),
    import('../devices/device-page.vue'),
    import('../scan/scan-page.vue'),
    import('../me/me-page.vue'),
  ])
}
