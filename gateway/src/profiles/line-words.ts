import { z } from 'zod'

/** How much a figure may be trusted when the profile's own grade does not hold for it. */
export const confidenceSchema = z.enum(['single-source', 'conflict', 'unverified'])

/** How often a point is read; a profile says the periods. */
export const rateClasses = ['fast', 'normal', 'slow', 'once'] as const
