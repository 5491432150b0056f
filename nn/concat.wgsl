// Columns of one matrix into a range of columns of a wider one, and back.
struct Params { rows: u32, columns: u32, width: u32, start: u32 }

@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

// result[row, start + column] = source[row, column]
@compute @workgroup_size(64)
fn insert(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.rows * params.columns) { return; }
    let row = i / params.columns;
    result[row * params.width + params.start + i % params.columns] = source[i];
}

// result[row, column] = source[row, start + column]
@compute @workgroup_size(64)
fn extract(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.rows * params.columns) { return; }
    let row = i / params.columns;
    result[i] = source[row * params.width + params.start + i % params.columns];
}
