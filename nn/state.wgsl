// What changes from step to step, fed by the host; `state.ts` packs it.
struct State {
    step: u32,            // counted from 1
    learning_rate: f32,
    key: vec2u,           // stream of this step
    count: u32,           // valid examples in the batch; the rest is padding
    correction_1: f32,    // Adam: 1 / (1 - beta1^step)
    correction_2: f32,    // Adam: 1 / (1 - beta2^step)
    user: u32,            // a word of the task's own, for its layers; 0 unless training sets it
}
