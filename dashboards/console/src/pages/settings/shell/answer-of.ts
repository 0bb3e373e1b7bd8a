import type { Act } from '../../../parts/act.ts'

/** The answer to something asked of the gateway; undefined when it failed (the act says why) or another one still runs. */
export async function answerOf<T>(act: Act, ask: () => Promise<T>): Promise<T | undefined> {
  let answer: T | undefined
  await act.run(async () => {
    answer = await ask()
  })
  return answer
}
