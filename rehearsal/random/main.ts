/**
 * Stand-in for the random provider plug-in, 4.21.2.
 * Modelled: RandomString, RandomPassword, RandomPet, RandomInteger, RandomUuid, RandomId; defaults, minimums, replacement
 * on every change of an input, secret results. Not modelled: RandomBytes, RandomShuffle, the released word lists, the
 * values that a `seed` gives there, bcryptHash.
 */
import { serve } from "../plugin/server";
import { random } from "./provider";

serve(random, process.argv);
