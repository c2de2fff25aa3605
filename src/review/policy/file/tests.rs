mod right;
mod wrong;
