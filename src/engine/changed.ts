/** One setting that was written, with its values as people read them. */
export interface Changed {
  id: string
  target: string
  from: string | null
  to: string
}
