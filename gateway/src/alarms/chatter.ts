/** Counts how often each fault is raised, to see chattering: one that comes and goes calls once, not each time. */
export function createChatter(raises: number, window: number) {
  const raisedAt = new Map<string, number[]>()
  const recent = (fault: string, now: number) =>
    (raisedAt.get(fault) ?? []).filter((at) => at <= now && now - at < window)
  return {
    /** Returns whether this raise makes it chattering. */
    raised(fault: string, now: number): boolean {
      const times = [...recent(fault, now), now].slice(-raises)
      raisedAt.set(fault, times)
      return times.length >= raises
    },
    /** Forgets what is too old to count. */
    forget(now: number): void {
      for (const fault of raisedAt.keys()) if (recent(fault, now).length === 0) raisedAt.delete(fault)
    },
  }
}
