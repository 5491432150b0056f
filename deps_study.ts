/**
 * The packages of the job queue, each named once with its exact version. Only `--queue` needs them:
 * `tasks/study/load_queue.ts` imports them when they are asked for, so that whoever imports Cetus
 * does not fetch them.
 *
 * @module
 */
export {
  DelayedError,
  type Job,
  Queue,
  QueueEvents,
  UnrecoverableError,
  WaitingError,
  Worker,
} from "npm:bullmq@6.7.0";
// A peer of bullmq: connections are made with this very class, as bullmq cannot find it by name.
export { Redis } from "npm:ioredis@6.0.0";
