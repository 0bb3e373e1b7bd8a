/** What a browser gives only over HTTPS or on the machine itself, and what stands in for it. */
export const BROWSER_FACTS = [
  { what: 'live', note: 'liveNote', needsSecure: false, has: () => typeof EventSource === 'function' },
  { what: 'install', note: 'installNote', needsSecure: true, has: () => 'serviceWorker' in navigator },
  { what: 'offlineOrders', note: 'offlineNote', needsSecure: true, has: () => 'serviceWorker' in navigator },
  { what: 'camera', note: 'cameraNote', needsSecure: true, has: () => 'mediaDevices' in navigator },
  { what: 'wakeLock', note: 'wakeNote', needsSecure: true, has: () => 'wakeLock' in navigator },
  { what: 'push', note: 'pushNote', needsSecure: true, has: () => 'Notification' in window },
] as const
