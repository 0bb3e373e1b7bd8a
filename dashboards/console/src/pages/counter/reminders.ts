import { ref } from 'vue'

/** How a counter PC may call: never by taking the focus, and only as far as somebody allowed it with a click. */
export const soundIsOn = ref(false)
export const notificationsAre = ref<'impossible' | 'unasked' | 'on' | 'off'>(now())

let audio: AudioContext | undefined

function now(): 'impossible' | 'unasked' | 'on' | 'off' {
  if (!isSecureContext || typeof Notification !== 'function') return 'impossible'
  return Notification.permission === 'granted' ? 'on' : Notification.permission === 'denied' ? 'off' : 'unasked'
}

export async function allowNotifications(): Promise<void> {
  await Notification.requestPermission()
  notificationsAre.value = now()
}

/** Must be called from a click: browsers let no page sound before one. */
export function switchSound(on: boolean): void {
  soundIsOn.value = on
  if (!on) return
  audio ??= new AudioContext()
  void audio.resume()
  softSound()
}

/** One soft tone of half a second. */
export function softSound(): void {
  if (!soundIsOn.value || !audio) return
  const tone = audio.createOscillator()
  const volume = audio.createGain()
  const at = audio.currentTime
  tone.frequency.value = 523
  volume.gain.setValueAtTime(0, at)
  volume.gain.linearRampToValueAtTime(0.12, at + 0.05)
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.5)
  tone.connect(volume).connect(audio.destination)
  tone.start(at)
  tone.stop(at + 0.5)
}

/** A system notification, where it is possible and allowed; it makes no sound of its own. */
export function remind(id: string, title: string): void {
  if (notificationsAre.value === 'on') new Notification(title, { tag: id, silent: true })
}
