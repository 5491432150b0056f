// Copies with zeros behind the last rows and columns, or without the last ones, and with the axes in
// another order.
struct Params {
    outer: u32,
    rows: u32,           // rows and columns that come from x
    columns: u32,
    padded_rows: u32,    // rows and columns of the result
    padded_columns: u32,
    outer_step: u32,     // elements of x from one to the next
    row_step: u32,
    column_step: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> padded: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn pad(invocation: Invocation) {
    let i = thread_index(invocation);
    let column = i % params.padded_columns;
    let row = i / params.padded_columns % params.padded_rows;
    let outer = i / params.padded_columns / params.padded_rows;
    if (outer >= params.outer) { return; }
    var value = 0.0;
    if (row < params.rows && column < params.columns) {
        value = x[outer * params.outer_step + row * params.row_step + column * params.column_step];
    }
    padded[i] = value;
}
