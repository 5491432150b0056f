// What changes from step to step, fed by the host; `state.ts` packs it.
struct State {
    step: u32,            // counted from 1
    learning_rate: f32,
    key: vec2u,           // stream of this step
    count: u32,           // valid examples in the batch; the rest is padding
    correction_1: f32,    // Adam: 1 / (1 - beta1^step)
    correction_2: f32,    // Adam: 1 / (1 - beta2^step)
    use_constraints: u32, // 0 while a task trains its first part without its output layer
}
