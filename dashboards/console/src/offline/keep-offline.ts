import { ref } from 'vue'

/** A newer version of the console waits to be shown. */
export const newVersion = ref(false)

/** Registers the service worker where the browser allows one: only over HTTPS or on this machine. */
export function keepOffline(): void {
  if (!('serviceWorker' in navigator) || !isSecureContext || import.meta.env.DEV) return
  navigator.serviceWorker.register('/sw.js').then(
    (registration) => {
      registration.addEventListener('updatefound', () => {
        const coming = registration.installing
        coming?.addEventListener('statechange', () => {
          if (coming.state === 'installed' && navigator.serviceWorker.controller) newVersion.value = true
        })
      })
    },
    () => {}, // the page works without it
  )
}

/** Shows the newer version now. */
export async function showNewVersion(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration()
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload())
  registration?.waiting?.postMessage('take-over')
}
