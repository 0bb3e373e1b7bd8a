/** The device named by a QR code of ours (`https://hall/r/kiosk-02`), whatever host it was printed for; undefined for any other code. */
export function deviceOfCode(text: string): string | undefined {
  const found = /^https?:\/\/[^/\s]+\/r\/([a-z0-9]+(?:-[a-z0-9]+)*)\/?$/.exec(text.trim())
  return found?.[1]
}
