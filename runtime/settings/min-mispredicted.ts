/** Below so many endings that came out otherwise than predicted no sweep stops, whatever the share. */
export const MIN_MISPREDICTED = 5
