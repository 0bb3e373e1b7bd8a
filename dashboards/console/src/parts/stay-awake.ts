/**
 * Keeps the screen of this device on. Browsers grant it only in a secure context, and take it away from a hidden page.
 * @returns how to let it sleep again
 */
export function stayAwake(): () => void {
  let lock: WakeLockSentinel | undefined
  let over = false
  const take = async () => {
    if (document.hidden || over || !('wakeLock' in navigator)) return
    try {
      lock = await navigator.wakeLock.request('screen')
      if (over) void lock.release()
    } catch {
      // Battery saver, or a policy of the machine: its own settings decide then.
    }
  }
  void take()
  document.addEventListener('visibilitychange', take)
  return () => {
    over = true
    document.removeEventListener('visibilitychange', take)
    void lock?.release()
  }
}
