import { type Recipe, withPackages } from '../driver/recipe.ts'

/** The usual machine with TuneD as `apt-get install tuned` gives it, Recommends included; its service does not start. */
export const TUNED: Recipe = withPackages('tuned', ['tuned', 'dmidecode', 'hdparm'], ['tuned.service'])
