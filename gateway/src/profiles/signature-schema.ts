import { z } from 'zod'

/**
 * A device without any interface whose state is read off the power its plug meters. `quantity` of the meter is watched; the word
 * is given as `powerSignature`. Figures in W.
 */
export const signatureSchema = z.strictObject({
  quantity: z.string().default('activePower').describe('What is watched on the meter.'),
  deadBelowW: z.number().min(0.05).max(1000).default(1).describe('Less than this for `holdS`: it is dead.'),
  activeAboveW: z
    .number()
    .min(0.1)
    .max(100_000)
    .optional()
    .describe('More than this: it works. Without it, and without one in hall.yaml, it is learnt.'),
  holdS: z
    .number()
    .min(0)
    .max(3600)
    .default(30)
    .describe('How long power must be low until the device counts as dead.'),
})

export type SignatureProfile = z.infer<typeof signatureSchema>
