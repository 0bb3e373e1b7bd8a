/** Small things this device keeps between visits. Never anything secret: whoever holds the device can read them. */
const NAMES = ['language', 'theme', 'largeText', 'home', 'stillArrows', 'shortcutsOff', 'user', 'guideScreen'] as const
export type Kept = (typeof NAMES)[number]

export const kept = {
  get(name: Kept): string | null {
    try {
      return localStorage.getItem(`hallwatt.${name}`)
    } catch {
      return null // storage is turned off on some shared machines
    }
  },
  set(name: Kept, value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(`hallwatt.${name}`)
      else localStorage.setItem(`hallwatt.${name}`, value)
    } catch {}
  },
}
